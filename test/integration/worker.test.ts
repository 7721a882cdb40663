/** A worker with a real executor: modules that must be fetched first, and how it ends. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { encodeCall } from '../../contracts/call.ts';
import type { Invocation, Reply } from '../../contracts/invocation.ts';
import { encodeRequest, type GuestRequest } from '../../contracts/request.ts';
import { maybeEndless } from '../fixtures/fault-guests.ts';
import { eventually } from '../support/eventually.ts';
import { anInvocation } from '../support/invocations.ts';
import { fromWat } from '../support/modules.ts';
import { outcome } from '../support/pool.ts';
import { readProcess } from '../support/processes.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const aRequest: GuestRequest = {
  method: 'GET',
  scheme: 'http',
  authority: 'localhost:8080',
  scriptName: '/fn/command',
  pathInfo: '',
  query: '',
  remoteAddress: '127.0.0.1',
  httpVersion: '1.1',
  headers: [],
  body: new Uint8Array(0),
};

/** A call of `maybeEndless`, instances not kept. */
function anInvocationOf(forever: 0 | 1, digest = 'cd'.repeat(32)): Invocation {
  const { target, ...invocation } = anInvocation({ payload: encodeCall('run', ['i32'], [forever]) });
  return { ...invocation, target: { ...target, digest, reuse: false } };
}

interface Started extends TestWorker {
  readonly run: (invocation: Invocation) => Promise<Reply>;
}

async function start(t: TestContext, fetch: (digest: string) => Promise<Uint8Array | undefined>): Promise<Started> {
  const started = await startTestWorker(t, { moduleBytes: fetch, assetBytes: () => Promise.resolve(undefined) });
  return { ...started, run: (invocation) => new Promise((resolve) => started.worker.run(invocation, resolve)) };
}

test('runs what is handed over after it was told to close, until the queue is drained', async (t) => {
  const { worker, executors, run } = await start(t, maybeEndless);
  const drained = Promise.withResolvers<void>();
  const closed = worker.close(drained.promise, 30_000);
  assert.equal(outcome(await run(anInvocationOf(0))), 0);
  drained.resolve();
  await closed;
  assert.ok(executors.length > 0);
  assert.deepEqual(
    executors.filter(({ pid }) => readProcess(pid) !== undefined),
    [],
  );
});

test('stops guests that outlast the grace period, and refuses modules that are still on their way', async (t) => {
  const module = Promise.withResolvers<Uint8Array>();
  const { worker, run } = await start(t, (digest) => (digest.startsWith('ee') ? module.promise : maybeEndless()));
  const endless = run(anInvocationOf(1));
  const loading = run(anInvocationOf(0, 'ee'.repeat(32)));
  await eventually(() => worker.census().busy === 1);
  const closed = worker.close(
    Promise.all([endless, loading]).then(() => {}),
    100,
  );
  assert.equal(outcome(await endless), 'WORKER_LOST');
  module.resolve(await maybeEndless());
  assert.equal(outcome(await loading), 'DRAINING');
  await closed;
});

test('a call that is stopped while its module is fetched is answered at once, and is not run when that has come', async (t) => {
  const module = Promise.withResolvers<Uint8Array>();
  const { worker, run, batches } = await start(t, () => module.promise);
  const stopped = anInvocationOf(0);
  const reply = run(stopped);
  assert.equal(worker.stop(stopped.id), true);
  assert.equal(outcome(await reply), 'INVOCATION_CANCELLED');
  assert.equal(worker.stop(stopped.id), false);
  const other = anInvocationOf(0);
  const otherReply = run(other);
  module.resolve(await maybeEndless());
  assert.equal(outcome(await otherReply), 0);
  assert.deepEqual(batches, [[other.id]]);
  await worker.close(Promise.resolve(), 0);
});

test('fetches a module once, however many calls wait for it', async (t) => {
  let fetched = 0;
  const { worker, run } = await start(t, () => {
    fetched++;
    return maybeEndless();
  });
  const replies = await Promise.all(Array.from({ length: 20 }, () => run(anInvocationOf(0))));
  assert.deepEqual(new Set(replies.map(outcome)), new Set([0]));
  assert.equal(fetched, 1);
  await worker.close(Promise.resolve(), 0);
});

test('answers FUNCTION_NOT_FOUND when the module was deleted meanwhile, and takes calls again', async (t) => {
  const { worker, run } = await start(t, (digest) => (digest.startsWith('ee') ? Promise.resolve(undefined) : maybeEndless()));
  assert.equal(outcome(await run(anInvocationOf(0, 'ee'.repeat(32)))), 'FUNCTION_NOT_FOUND');
  assert.equal(outcome(await run(anInvocationOf(0))), 0);
  await worker.close(Promise.resolve(), 0);
});

test('tells what a guest wrote to its log, also when it failed, with its own invocation', async (t) => {
  const complaining = await fromWat(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "odd \\ff number\\0a")
    (func (export "_start")
      (drop (call $args (i32.const 0) (i32.const 4)))
      (if (i32.and (i32.load (i32.const 0)) (i32.const 1))
        (then
          (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 13))
          (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
          unreachable))))`);
  const { worker, run, guestLogs } = await start(t, () => Promise.resolve(complaining));
  const commandOf = (args: readonly string[]): Invocation => {
    const { target, ...invocation } = anInvocation({ payload: encodeRequest(aRequest) });
    const settings = { key: args.join(), args, env: [], assets: undefined, secrets: [] };
    return { ...invocation, target: { ...target, kind: 'command', reuse: false, settings } };
  };
  // The name of the command is an argument, too.
  const [silent, odd] = [commandOf(['a']), commandOf(['a', 'b'])];
  const replies = await Promise.all([run(silent), run(odd)]);
  assert.deepEqual(
    replies.map((reply) => (reply.ok ? reply.status : reply.code)),
    [200, 'GUEST_TRAPPED'],
  );
  assert.deepEqual(guestLogs, [[odd.id, 'odd \uFFFD number\n']]);
  await worker.close(Promise.resolve(), 0);
});
