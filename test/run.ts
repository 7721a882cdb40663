/** `npm test`: every check, unit and integration tests among them, then the others, whose summary comes last. Exits 1 when any of it failed. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const checks = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint'] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'docs', command: ['node', 'docs/generate.ts', '--check'] },
  // Tests that start nothing: side by side.
  {
    name: 'unit tests',
    command: ['node', '--test', `--test-concurrency=${availableParallelism()}`, 'test/unit/**/*.test.ts', 'test/architecture/**/*.test.ts'],
  },
  // Tests that mostly wait, for servers of their own.
  { name: 'integration tests', command: ['node', '--test', '--test-concurrency=2', 'test/integration/**/*.test.ts'] },
];
/** One file at a time: these start whole deployments and measure times, which two files side by side would spoil on two cores. */
const tests = ['node', '--test', '--test-concurrency=1', 'test/{e2e,faults}/**/*.test.ts'];

const failed: string[] = [];
for (const { name, command } of checks) {
  console.log(`\n=== ${name}: ${command.join(' ')}`);
  const startMs = performance.now();
  const passed = run(command);
  console.log(`=== ${name} ${passed ? 'passed' : 'FAILED'} in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  if (!passed) failed.push(name);
}
console.log(failed.length === 0 ? '\n=== all checks passed' : `\n=== FAILED: ${failed.join(', ')}`);
console.log(`\n=== tests: ${tests.join(' ')}`);
if (!run(tests) || failed.length > 0) process.exitCode = 1;

/** Programs come from node_modules/.bin, as npm puts it first on the PATH; the output goes straight to ours. */
function run([program = '', ...args]: readonly string[]): boolean {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) console.error(`${program}: ${error.message}`);
  return status === 0;
}
