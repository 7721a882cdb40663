/** `npm run bench -- <benchmark> [--json FILE] [--quick] [--only name,name]`, or `check`: arguments, the peers' packages, and an orderly end. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { asynchronous } from './async.ts';
import { type Benchmark, takeRecord } from './benchmark.ts';
import { check } from './check.ts';
import { engines } from './engines.ts';
import { kinds } from './kinds.ts';
import { overhead } from './overhead.ts';
import { platforms } from './platforms.ts';
import { printFindings } from './print.ts';
import { Processes } from './processes.ts';
import { writeRecord } from './record.ts';
import { isWhole } from './report.ts';

const benchmarks: ReadonlyMap<string, Benchmark> = new Map([
  ['engines', engines],
  ['overhead', overhead],
  ['kinds', kinds],
  ['async', asynchronous],
  ['platforms', platforms],
]);

const usage = [
  ...[...benchmarks].map(
    ([name, { names }]) => `npm run bench -- ${name} [--json FILE] [--quick] [--only name,name]\nnames: ${names.join(', ')}`,
  ),
  `npm run bench -- check [--only name,name]\nnames: ${[...benchmarks.keys()].join(', ')}`,
].join('\n');

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
  const { json, quick } = values;
  const only = values.only?.split(',');
  const [name = '', ...rest] = positionals;
  const benchmark = benchmarks.get(name);
  const isCheck = name === 'check' && json === undefined && !quick;
  const names = isCheck ? [...benchmarks.keys()] : benchmark?.names;
  if (names === undefined || rest.length > 0) {
    console.error(usage);
    return 2;
  }
  const unknown = only?.filter((wanted) => !names.includes(wanted)) ?? [];
  if (unknown.length > 0) {
    console.error(`not measured by ${name}: ${unknown.join(', ')}\n${usage}`);
    return 2;
  }
  installPeers();
  const stage = { processes, repository };
  if (benchmark === undefined) return (await check(benchmarks, stage, only)) ? 0 : 1;
  const record = await takeRecord(name, benchmark, stage, { only, quick });
  printFindings(record);
  if (json !== undefined) await writeRecord(json, record);
  return isWhole(record) ? 0 : 1;
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
