/** `npm run bench -- <benchmark> [--json FILE] [--quick] [--only name,name]`: arguments, the peers' packages, and an orderly end. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { asynchronous } from './async.ts';
import type { Benchmark } from './benchmark.ts';
import { kinds } from './kinds.ts';
import { overhead } from './overhead.ts';
import { Processes } from './processes.ts';

const benchmarks: ReadonlyMap<string, Benchmark> = new Map([
  ['overhead', overhead],
  ['kinds', kinds],
  ['async', asynchronous],
]);

const usage = [...benchmarks]
  .map(([name, { names }]) => `npm run bench -- ${name} [--json FILE] [--quick] [--only name,name]\nnames: ${names.join(', ')}`)
  .join('\n');

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
  const benchmark = benchmarks.get(name ?? '');
  const unknown = only?.filter((wanted) => benchmark?.names.includes(wanted) === false) ?? [];
  if (benchmark === undefined || rest.length > 0 || unknown.length > 0) {
    console.error(unknown.length > 0 ? `not measured by ${name}: ${unknown.join(', ')}\n${usage}` : usage);
    return 2;
  }
  installPeers();
  return (await benchmark.run({ processes, repository }, { only, quick: values.quick, jsonFile: values.json })) ? 0 : 1;
}

/** @throws Error when npm fails; it has then said why */
function installPeers(): void {
  const folder = import.meta.dirname;
  // npm writes this file last: without it an installation was cut short, and an older one is of other packages.
  const installed = statSync(join(folder, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
  if (installed !== undefined && installed.mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs) return;
  console.log('Installing what Bantam is measured against into bench/node_modules (once).');
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed${error === undefined ? '' : `: ${error.message}`}`);
}
