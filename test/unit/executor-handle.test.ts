/** What a worker makes of the frames of an executor: logs go with their call, and an executor that lies is ended. */
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { limits } from '../../contracts/limits.ts';
import { decodeBatch, decodeLoad, encodeAnswer, encodeLog, encodeSignal, frame } from '../../executor/protocol.ts';
import { FrameReader } from '../../executor/framing.ts';
import type { PooledCall } from '../../worker/pool/call.ts';
import { ExecutorHandle } from '../../worker/pool/executor-handle.ts';
import { anInvocation } from '../support/invocations.ts';
import { artifactOf } from '../support/pool.ts';

/** Standard output and standard error, each as full as it may be. */
const mostLogBytes = 2 * limits.maxLogBytes;

/** An executor whose every frame the test writes. */
class FakeExecutor {
  /** What the handle told, in order: `idle`, `log <call>: <text>`, `reply <call>`, `gone: <last words>`. */
  readonly events: string[] = [];
  /** Frames that the handle sent. */
  readonly sent: { type: number; body: Buffer }[] = [];
  readonly handle: ExecutorHandle;
  readonly #wire: Duplex;
  readonly #child: EventEmitter;

  constructor() {
    const reader = new FrameReader(1_000_000, (type, body) => this.sent.push({ type, body: Buffer.from(body) }));
    this.#wire = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        reader.push(chunk);
        done();
      },
    });
    const child = Object.assign(new EventEmitter(), { kill: () => {} });
    this.#child = child;
    const locked = { child: child as unknown as ChildProcess, pid: 1, wire: this.#wire, lastWords: () => '' };
    this.handle = new ExecutorHandle(locked, 1, 1_000, {
      idle: () => void this.events.push('idle'),
      replied: ({ invocation }) => void this.events.push(`reply ${invocation.target.function}`),
      logged: ({ invocation }, log) => void this.events.push(`log ${invocation.target.function}: ${log.toString()}`),
      returned: (calls) => void this.events.push(`returned ${calls.length}`),
      gone: (_executor, _running, lastWords) => void this.events.push(`gone: ${lastWords}`),
    });
    this.says(encodeSignal(frame.READY));
  }

  says(...frames: readonly Buffer[]): void {
    this.#wire.emit('data', Buffer.concat(frames));
  }

  /** What it said before it was killed is read to the end. */
  ends(): void {
    this.#child.emit('close');
  }

  runs(...names: readonly string[]): void {
    this.handle.dispatch(names.map(callOf));
  }
}

function callOf(name: string): PooledCall {
  return { invocation: anInvocation({ functionName: name }), artifact: artifactOf(name, Uint8Array.of(1)), done: () => {} };
}

function answer(seq: number): Buffer {
  return encodeAnswer({ seq, start: 'fresh', loadUs: 1, compileUs: 0, runUs: 1, status: 204, headers: [], body: Buffer.alloc(0) });
}

const log = (seq: number, text: string | Uint8Array): Buffer => encodeLog(seq, Buffer.from(text as string));

test('the log of a call is told before its reply, each with its own call', () => {
  const executor = new FakeExecutor();
  executor.runs('a', 'b', 'c');
  executor.says(log(1, 'from a'), answer(1), answer(2));
  executor.says(log(3, 'from c'), answer(3));
  assert.deepEqual(executor.events, ['idle', 'log a: from a', 'reply a', 'reply b', 'log c: from c', 'reply c', 'idle']);
});

test('a log that is on its way when its call is stopped is let go of', () => {
  const executor = new FakeExecutor();
  executor.runs('a', 'b');
  assert.equal(executor.handle.stop()?.invocation.target.function, 'a');
  executor.says(log(1, 'too late'), answer(1));
  executor.ends();
  assert.deepEqual(executor.events, ['idle', 'returned 1', 'gone: ']);
});

test('an executor that logs twice for a call, for another call, for none, or too much is ended', () => {
  for (const [frames, words] of [
    [[log(1, 'x'), log(1, 'y')], /it logged for a call that it was not running/],
    [[log(2, 'x')], /it logged for a call that it was not running/],
    [[answer(1), answer(2), log(3, 'x')], /it logged for a call that it was not running/],
    [[log(1, Buffer.alloc(mostLogBytes + 1))], new RegExp(`a log of ${mostLogBytes + 1} bytes is over the limit`)],
    [[answer(2)], /it answered a call that it was not given/],
  ] as const) {
    const executor = new FakeExecutor();
    executor.runs('a', 'b');
    executor.says(...frames);
    assert.equal(executor.handle.state, 'dying');
    executor.ends();
    assert.match(executor.events.at(-1) ?? '', words);
  }
});

test('the largest log that a guest may write is told whole', () => {
  const executor = new FakeExecutor();
  executor.runs('a');
  executor.says(log(1, Buffer.alloc(mostLogBytes, 'x')));
  assert.equal(executor.events.at(-1)?.length, 'log a: '.length + mostLogBytes);
});

test('an artifact is loaded with its settings and assets once, and again when its settings are others', () => {
  const executor = new FakeExecutor();
  const assets = Uint8Array.of(7, 8);
  const settings = { key: 'k', args: ['-v'], env: [['A', '1']] as const, assets: 'digest', secrets: [] };
  const call = (key: string): PooledCall => {
    const { target, ...invocation } = anInvocation();
    return {
      invocation: { ...invocation, target: { ...target, kind: 'command', memoryPages: 3, settings } },
      artifact: { ...artifactOf(key, Uint8Array.of(1, 2)), assets, memory: { initialPages: 1, maximumPages: 3 }, resets: true },
      done: () => {},
    };
  };
  executor.handle.dispatch([call('one'), call('one'), call('two')]);
  const loads = executor.sent.filter(({ type }) => type === frame.LOAD).map(({ body }) => decodeLoad(body));
  const load = {
    kind: 'command',
    memory: { initialPages: 1, maximumPages: 3 },
    resets: true,
    memoryBytes: 196_608,
    args: ['-v'],
    env: [['A', '1']],
  };
  assert.deepEqual(loads, [
    { ...load, artifact: 1, assets, module: Uint8Array.of(1, 2) },
    { ...load, artifact: 2, assets, module: Uint8Array.of(1, 2) },
  ]);
  const batch = executor.sent.find(({ type }) => type === frame.BATCH);
  assert.deepEqual(batch && decodeBatch(batch.body).calls.map(({ artifact }) => artifact), [1, 1, 2]);
});

test('what an executor keeps is bounded with the assets counted: what goes is dropped there, behind the calls that use it', () => {
  const executor = new FakeExecutor();
  const call = (key: string): PooledCall => ({
    ...callOf('a'),
    artifact: { ...artifactOf(key, new Uint8Array(300)), assets: new Uint8Array(300) },
  });
  executor.handle.dispatch([call('one'), call('two')]);
  assert.deepEqual(
    executor.sent.map(({ type }) => type),
    [frame.LOAD, frame.LOAD, frame.BATCH, frame.DROP],
  );
  assert.equal(executor.sent.at(-1)?.body.readUInt32LE(0), 1);
  assert.equal(executor.handle.loaded.has('one'), false);
});
