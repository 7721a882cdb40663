/** wasi:cli and wasi:random. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InputStream, OutputStream } from '../../../executor/host/wasi/streams.ts';
import { callHost, misuseOf, newWorld, stopOf } from '../../support/wasi.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = 'wasi:io/streams#[method]input-stream.read';
const write = 'wasi:io/streams#[method]output-stream.blocking-write-and-flush';

describe('environment', () => {
  test('gives the arguments and variables of the call', () => {
    const world = newWorld({ args: ['fn', 'a b'], env: [['LANG', 'C']] });
    assert.deepEqual(callHost(world, 'wasi:cli/environment#get-arguments'), ['fn', 'a b']);
    assert.deepEqual(callHost(world, 'wasi:cli/environment#get-environment'), [['LANG', 'C']]);
    world.args = ['fn', 'next'];
    world.env = [];
    assert.deepEqual(callHost(world, 'wasi:cli/environment#get-arguments'), ['fn', 'next']);
    assert.deepEqual(callHost(world, 'wasi:cli/environment#get-environment'), []);
  });

  test('begins at the root of the files', () => {
    assert.equal(callHost(newWorld(), 'wasi:cli/environment#initial-cwd'), '/');
  });
});

describe('exit', () => {
  test('ok is 0, err is 1, a code is itself', () => {
    const statusOf = (name: string, status: unknown): unknown => {
      const world = newWorld();
      return stopOf(world, () => callHost(world, `wasi:cli/exit#${name}`, status));
    };
    assert.deepEqual(statusOf('exit', { tag: 'ok', val: undefined }), { kind: 'exit', status: 0 });
    assert.deepEqual(statusOf('exit', { tag: 'err', val: undefined }), { kind: 'exit', status: 1 });
    assert.deepEqual(statusOf('exit-with-code', 42), { kind: 'exit', status: 42 });
  });
});

describe('the standard streams', () => {
  test('stdin gives the body of the request, and goes on where another stream of it stopped', () => {
    const world = newWorld();
    world.stdin = bytes('question');
    const first = callHost(world, 'wasi:cli/stdin#get-stdin') as InputStream;
    const second = callHost(world, 'wasi:cli/stdin#get-stdin') as InputStream;
    assert.deepEqual(callHost(world, read, first, 3n), { tag: 'ok', val: bytes('que') });
    assert.deepEqual(callHost(world, read, second, 100n), { tag: 'ok', val: bytes('stion') });
    assert.deepEqual(callHost(world, read, first, 1n), { tag: 'err', val: { tag: 'closed' } });
  });

  test('stdout is the answer and stderr the log, each with its limit', () => {
    const world = newWorld({ maxAnswerBytes: 6, maxLogBytes: 3 });
    const stdout = callHost(world, 'wasi:cli/stdout#get-stdout') as OutputStream;
    const stderr = callHost(world, 'wasi:cli/stderr#get-stderr') as OutputStream;
    callHost(world, write, stdout, bytes('answer'));
    callHost(world, write, stderr, bytes('log'));
    assert.deepEqual([world.stdout.take(), world.stderr.take()], [bytes('answer'), bytes('log')]);
    const reason = stopOf(world, () => callHost(world, write, stderr, bytes('more')));
    assert.deepEqual(reason, {
      kind: 'fault',
      code: 'GUEST_OUTPUT_EXCEEDED',
      detail: 'the log is limited to 3 bytes; the guest wrote more',
    });
  });

  test('two streams of stdout share its limit', () => {
    const world = newWorld({ maxAnswerBytes: 6 });
    callHost(world, write, callHost(world, 'wasi:cli/stdout#get-stdout'), bytes('answer'));
    stopOf(world, () => callHost(world, write, callHost(world, 'wasi:cli/stdout#get-stdout'), bytes('s')));
  });

  for (const name of ['stdin', 'stdout', 'stderr']) {
    test(`${name} is no terminal`, () => {
      assert.equal(callHost(newWorld(), `wasi:cli/terminal-${name}#get-terminal-${name}`), undefined);
    });
  }
});

describe('random', () => {
  for (const name of ['random#get-random', 'insecure#get-insecure-random']) {
    test(`${name}-bytes gives as many as asked for, others each time`, () => {
      const world = newWorld();
      const next = (count: bigint): Buffer => Buffer.from(callHost(world, `wasi:random/${name}-bytes`, count) as Uint8Array);
      assert.equal(next(0n).length, 0);
      assert.equal(next(100_000n).length, 100_000);
      assert.notDeepEqual(next(32n), next(32n));
    });

    test(`${name}-bytes traps where more are asked for than the host makes at once`, () => {
      const world = newWorld();
      assert.match(
        misuseOf(world, () => callHost(world, `wasi:random/${name}-bytes`, 2n ** 63n)),
        /the limit is 16777216/,
      );
    });

    test(`${name}-u64 gives other numbers each time`, () => {
      const numbers = Array.from({ length: 4 }, () => callHost(newWorld(), `wasi:random/${name}-u64`) as bigint);
      assert.equal(new Set(numbers).size, 4);
      assert.ok(numbers.every((number) => number >= 0n && number < 2n ** 64n));
    });
  }

  test('insecure-seed gives two numbers, others each time', () => {
    const seeds = [1, 2].flatMap(() => callHost(newWorld(), 'wasi:random/insecure-seed#insecure-seed') as [bigint, bigint]);
    assert.equal(new Set(seeds).size, 4);
  });
});
