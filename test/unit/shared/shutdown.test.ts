import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';

interface Outcome {
  readonly code: number | null;
  /** Lines of the log. */
  readonly log: readonly { readonly level: string; readonly msg: string }[];
}

test('a process told to stop drains once and exits 0', async (t) => {
  const child = await start(t, "async (signal) => { log.info('drained after ' + signal); }");
  child.process.kill('SIGTERM');
  const { code, log } = await child.end();
  assert.equal(code, 0);
  assert.equal(log.filter(({ msg }) => msg === 'drained after SIGTERM').length, 1);
});

test('the same Ctrl-C passed on a second time by npm does not cut the drain short', async (t) => {
  const child = await start(t, "async () => { log.info('draining'); await waitForInput; log.info('drained'); }");
  child.process.kill('SIGINT');
  await child.logged('draining');
  child.process.kill('SIGINT');
  child.process.stdin.end('go on');
  const { code, log } = await child.end();
  assert.equal(code, 0);
  assert.ok(log.some(({ msg }) => msg === 'drained'));
});

test('a second Ctrl-C exits 1 at once', async (t) => {
  const child = await start(t, '() => new Promise(() => {})');
  while (child.process.exitCode === null) {
    child.process.kill('SIGINT');
    await wait(20);
  }
  const { code, log } = await child.end();
  assert.equal(code, 1);
  assert.ok(log.some(({ msg }) => msg.includes('told to stop again')));
});

test('a drain that exceeds the grace period exits 1, even when nothing else keeps the process alive', async (t) => {
  const child = await start(t, '() => { process.stdin.unref(); return new Promise(() => {}); }', 50);
  child.process.kill('SIGTERM');
  const { code, log } = await child.end();
  assert.equal(code, 1);
  assert.ok(log.some(({ msg }) => msg.includes('not done within the grace period')));
});

test('a drain that fails exits 1 and says why', async (t) => {
  const child = await start(t, "async () => { throw new Error('no') }");
  child.process.kill('SIGTERM');
  const { code, log } = await child.end();
  assert.equal(code, 1);
  assert.ok(log.some(({ msg }) => msg === 'shutting down failed'));
});

for (const [what, unforeseen] of [
  ['an uncaught exception', "setImmediate(() => { throw new Error('x') })"],
  ['an unhandled rejection', "Promise.reject(new Error('x'))"],
] as const) {
  test(`${what} is logged as fatal and exits 1`, async (t) => {
    const child = await start(t, 'async () => {}', 1_000, unforeseen);
    const { code, log } = await child.end();
    assert.equal(code, 1);
    assert.equal(log.at(-1)?.level, 'fatal');
  });
}

/** A process whose main sets up shutdown with the drain `run`, then runs `rest`. */
async function start(t: TestContext, run: string, graceMs = 60_000, rest = ''): Promise<Child> {
  const shared = new URL('../../../shared/', import.meta.url).href;
  const program = `
    import { once } from 'node:events';
    import { createLogger } from '${shared}logger.ts';
    import { onShutdown } from '${shared}shutdown.ts';
    const log = createLogger({ level: 'info', name: 'test' });
    const waitForInput = once(process.stdin, 'data');
    onShutdown(${run}, { graceMs: ${graceMs}, log, exit: process.exit });
    log.info('started');
    ${rest}`;
  const child = new Child(spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }));
  t.after(() => child.process.kill('SIGKILL'));
  await child.logged('started');
  return child;
}

class Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<unknown>;
  #output = '';

  constructor(process: ChildProcessByStdio<Writable, Readable, null>) {
    this.process = process;
    this.#closed = once(process, 'close');
    process.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.#output += chunk;
    });
  }

  /** Resolves once a line with this message was logged. */
  async logged(msg: string): Promise<void> {
    await eventually(() => this.#output.includes(`"msg":"${msg}"`));
  }

  async end(): Promise<Outcome> {
    await this.#closed;
    const lines = this.#output.split('\n').filter((line) => line !== '');
    return { code: this.process.exitCode, log: lines.map((line) => JSON.parse(line) as Outcome['log'][number]) };
  }
}
