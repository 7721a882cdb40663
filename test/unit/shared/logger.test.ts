import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

test('log lines are JSON with level as a word, ISO time, name and the error, and are written even when the process exits at once', () => {
  const lines = linesOf(
    "log.error({ err: new Error('no') }, 'it failed'); log.debug('too little'); log.fatal('the end'); process.exit(3);",
  );
  assert.equal(lines.length, 2);
  const [first, last] = lines;
  assert.equal(first?.['level'], 'error');
  assert.equal(first?.['name'], 'gateway');
  assert.equal(first?.['msg'], 'it failed');
  assert.match(String(first?.['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(JSON.stringify(first?.['err']), /"message":"no","stack":/);
  assert.equal(last?.['msg'], 'the end');
});

function linesOf(program: string): Record<string, unknown>[] {
  const logger = new URL('../../../shared/logger.ts', import.meta.url).href;
  const start = `import { createLogger } from '${logger}'; const log = createLogger({ level: 'info', name: 'gateway' });`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', start + program], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
