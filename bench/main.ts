/** `npm run bench -- <benchmark> [--json FILE] [--quick] [--only path,path]`: arguments, the peers' packages, and an orderly end. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureOverhead } from './overhead.ts';
import { overheadPaths } from './overhead-plan.ts';
import { Processes } from './processes.ts';

const usage = `npm run bench -- overhead [--json FILE] [--quick] [--only path,path]
paths: ${overheadPaths.map(({ name }) => name).join(', ')}`;

const benchmarks = { overhead: measureOverhead } as const;

const repository = resolve(import.meta.dirname, '..');
const processes = new Processes(process.env);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void processes.stop().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!processes.stopping) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await processes.stop();
}

/** @returns the exit code */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, quick: { type: 'boolean', default: false }, only: { type: 'string' } },
  });
  const [name, ...rest] = positionals;
  const only = values.only?.split(',');
  const unknown = only?.filter((path) => !overheadPaths.some((known) => known.name === path)) ?? [];
  if (name === undefined || !Object.hasOwn(benchmarks, name) || rest.length > 0 || unknown.length > 0) {
    console.error(unknown.length > 0 ? `no such path: ${unknown.join(', ')}\n${usage}` : usage);
    return 2;
  }
  installPeers();
  const stage = { processes, repository, guestFolder: join(repository, 'examples/fib-c') };
  const ran = await benchmarks[name as keyof typeof benchmarks](stage, { only, quick: values.quick, jsonFile: values.json });
  return ran ? 0 : 1;
}

/** @throws Error when npm fails; it has then said why */
function installPeers(): void {
  const folder = import.meta.dirname;
  // npm writes this file last: without it an installation was cut short.
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  console.log('Installing what Bantam is measured against into bench/node_modules (once).');
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed${error === undefined ? '' : `: ${error.message}`}`);
}
