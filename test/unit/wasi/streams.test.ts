/** wasi:io/streams and wasi:io/error, happy and error paths of every function. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Output } from '../../../executor/host/output.ts';
import type { StopReason } from '../../../executor/host/stop.ts';
import { IoError } from '../../../executor/host/wasi/io-error.ts';
import { alwaysReady } from '../../../executor/host/wasi/poll.ts';
import { type ByteSink, BytesSource, InputStream, OutputStream } from '../../../executor/host/wasi/streams.ts';
import { callHost, dropHandle, misuseOf, newWorld, stopOf } from '../../support/wasi.ts';

const megabyte = 1_048_576;
const closed = { tag: 'err', val: { tag: 'closed' } };
const done = { tag: 'ok', val: undefined };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const inputOf = (text: string): InputStream => new InputStream(new BytesSource(bytes(text)));
const input = (name: string): string => `wasi:io/streams#[method]input-stream.${name}`;
const output = (name: string): string => `wasi:io/streams#[method]output-stream.${name}`;

/** Fails as a full disk does. */
class FailingSink implements ByteSink {
  readonly error = new IoError('no space left', { filesystem: 'insufficient-space' });

  write(): IoError | StopReason | undefined {
    return this.error;
  }
}

describe('input-stream', () => {
  for (const name of ['read', 'blocking-read']) {
    test(`${name} gives at most what is asked for, then all that is left, then says closed`, () => {
      const world = newWorld();
      const stream = inputOf('hello');
      assert.deepEqual(callHost(world, input(name), stream, 2n), { tag: 'ok', val: bytes('he') });
      assert.deepEqual(callHost(world, input(name), stream, 100n), { tag: 'ok', val: bytes('llo') });
      assert.deepEqual(callHost(world, input(name), stream, 1n), closed);
    });

    test(`${name} of no bytes gives none from an open stream and says closed of an ended one`, () => {
      const world = newWorld();
      const stream = inputOf('x');
      assert.deepEqual(callHost(world, input(name), stream, 0n), { tag: 'ok', val: bytes('') });
      callHost(world, input(name), stream, 1n);
      assert.deepEqual(callHost(world, input(name), stream, 0n), closed);
    });

    test(`${name} never gives more than a mebibyte at once`, () => {
      const stream = new InputStream(new BytesSource(new Uint8Array(megabyte + 1)));
      const first = callHost(newWorld(), input(name), stream, 2n ** 64n - 1n) as { val: Uint8Array };
      assert.equal(first.val.length, megabyte);
      assert.equal((callHost(newWorld(), input(name), stream, 2n ** 64n - 1n) as { val: Uint8Array }).val.length, 1);
    });
  }

  for (const name of ['skip', 'blocking-skip']) {
    test(`${name} tells how many bytes it left out, then says closed`, () => {
      const world = newWorld();
      const stream = inputOf('hello');
      assert.deepEqual(callHost(world, input(name), stream, 4n), { tag: 'ok', val: 4n });
      assert.deepEqual(callHost(world, input('read'), stream, 4n), { tag: 'ok', val: bytes('o') });
      assert.deepEqual(callHost(world, input(name), stream, 4n), closed);
    });
  }

  test('an error of the source is told once, afterwards the stream is closed', () => {
    const world = newWorld();
    const error = new IoError('the disk is gone');
    const stream = new InputStream({ read: () => error });
    assert.deepEqual(callHost(world, input('read'), stream, 1n), { tag: 'err', val: { tag: 'last-operation-failed', val: error } });
    assert.deepEqual(callHost(world, input('read'), stream, 1n), closed);
    assert.deepEqual(callHost(world, input('skip'), stream, 1n), closed);
  });

  test('subscribe gives a pollable that is ready', () => {
    assert.equal(callHost(newWorld(), input('subscribe'), inputOf('')), alwaysReady);
  });
});

describe('output-stream', () => {
  test('write puts what check-write allowed', () => {
    const world = newWorld();
    const stream = new OutputStream(world.stdout);
    assert.deepEqual(callHost(world, output('check-write'), stream), { tag: 'ok', val: BigInt(megabyte) });
    assert.deepEqual(callHost(world, output('write'), stream, bytes('hel')), done);
    assert.deepEqual(callHost(world, output('write'), stream, bytes('lo')), done);
    assert.equal(new TextDecoder().decode(world.stdout.take()), 'hello');
  });

  test('write of more than check-write allows traps, and nothing of it is written', () => {
    const world = newWorld({ maxAnswerBytes: 4 * megabyte });
    const stream = new OutputStream(world.stdout);
    assert.deepEqual(callHost(world, output('write'), stream, new Uint8Array(megabyte)), done);
    assert.match(
      misuseOf(world, () => callHost(world, output('write'), stream, new Uint8Array(megabyte + 1))),
      /1048577 bytes were written where check-write allows 1048576/,
    );
    assert.equal(world.stdout.length, megabyte);
  });

  test('blocking-write-and-flush needs no permit and takes 4096 bytes', () => {
    const world = newWorld();
    const stream = new OutputStream(world.stdout);
    assert.deepEqual(callHost(world, output('blocking-write-and-flush'), stream, new Uint8Array(4096)), done);
    assert.equal(world.stdout.length, 4096);
    misuseOf(world, () => callHost(world, output('blocking-write-and-flush'), stream, new Uint8Array(4097)));
    assert.equal(world.stdout.length, 4096);
  });

  test('write-zeroes writes as many zeroes as the permit allows', () => {
    const world = newWorld({ maxAnswerBytes: 2 * megabyte });
    const stream = new OutputStream(world.stdout);
    callHost(world, output('check-write'), stream);
    assert.deepEqual(callHost(world, output('write-zeroes'), stream, 0n), done);
    assert.deepEqual(callHost(world, output('write-zeroes'), stream, 200_001n), done);
    const written = world.stdout.take();
    assert.equal(written.length, 200_001);
    assert.ok(written.every((byte) => byte === 0));
    misuseOf(world, () => callHost(world, output('write-zeroes'), stream, 2n ** 64n - 1n));
    assert.equal(world.stdout.length, 0);
  });

  test('blocking-write-zeroes-and-flush takes 4096 bytes', () => {
    const world = newWorld();
    const stream = new OutputStream(world.stdout);
    assert.deepEqual(callHost(world, output('blocking-write-zeroes-and-flush'), stream, 4096n), done);
    assert.deepEqual(world.stdout.take(), new Uint8Array(4096));
    misuseOf(world, () => callHost(world, output('blocking-write-zeroes-and-flush'), stream, 4097n));
  });

  for (const name of ['flush', 'blocking-flush']) {
    test(`${name} has nothing to do`, () => {
      assert.deepEqual(callHost(newWorld(), output(name), new OutputStream(new Output('x', 1))), done);
    });
  }

  for (const name of ['splice', 'blocking-splice']) {
    test(`${name} moves bytes from an input stream, and says closed at its end`, () => {
      const world = newWorld();
      const stream = new OutputStream(world.stdout);
      const from = inputOf('hello');
      assert.deepEqual(callHost(world, output(name), stream, from, 4n), { tag: 'ok', val: 4n });
      assert.deepEqual(callHost(world, output(name), stream, from, 2n ** 64n - 1n), { tag: 'ok', val: 1n });
      assert.deepEqual(callHost(world, output(name), stream, from, 1n), closed);
      assert.deepEqual(callHost(world, output(name), stream, from, 0n), { tag: 'ok', val: 0n });
      assert.equal(new TextDecoder().decode(world.stdout.take()), 'hello');
    });
  }

  test('the splice of an input that fails tells its error, and the output stays open', () => {
    const world = newWorld();
    const error = new IoError('the disk is gone');
    const stream = new OutputStream(world.stdout);
    const from = new InputStream({ read: () => error });
    assert.deepEqual(callHost(world, output('splice'), stream, from, 1n), {
      tag: 'err',
      val: { tag: 'last-operation-failed', val: error },
    });
    assert.deepEqual(callHost(world, output('flush'), stream), done);
  });

  test('an error of the sink is told once, afterwards every function says closed', () => {
    const world = newWorld();
    const sink = new FailingSink();
    const stream = new OutputStream(sink);
    callHost(world, output('check-write'), stream);
    assert.deepEqual(callHost(world, output('write'), stream, bytes('x')), {
      tag: 'err',
      val: { tag: 'last-operation-failed', val: sink.error },
    });
    const calls: [string, ...unknown[]][] = [
      ['check-write'],
      ['write', bytes('x')],
      ['blocking-write-and-flush', bytes('x')],
      ['write-zeroes', 1n],
      ['write-zeroes', 0n],
      ['blocking-write-zeroes-and-flush', 1n],
      ['flush'],
      ['blocking-flush'],
      ['splice', inputOf('x'), 1n],
      ['blocking-splice', inputOf('x'), 1n],
    ];
    for (const [name, ...args] of calls) assert.deepEqual(callHost(world, output(name), stream, ...args), closed, name);
  });

  test('a closed output takes nothing out of the input that is spliced into it', () => {
    const world = newWorld();
    const stream = new OutputStream(new FailingSink());
    callHost(world, output('blocking-write-and-flush'), stream, bytes('x'));
    const from = inputOf('kept');
    callHost(world, output('splice'), stream, from, 4n);
    assert.deepEqual(callHost(world, input('read'), from, 4n), { tag: 'ok', val: bytes('kept') });
  });

  test('more than the sink takes stops the guest with the reason, at every way of writing', () => {
    const ways: [string, ...unknown[]][] = [
      ['blocking-write-and-flush', bytes('too long')],
      ['blocking-write-zeroes-and-flush', 8n],
      ['splice', inputOf('too long'), 8n],
    ];
    for (const [name, ...args] of ways) {
      const world = newWorld({ maxAnswerBytes: 7 });
      const reason = stopOf(world, () => callHost(world, output(name), new OutputStream(world.stdout), ...args));
      assert.ok(reason.kind === 'fault' && reason.code === 'GUEST_OUTPUT_EXCEEDED', name);
    }
  });

  test('subscribe gives a pollable that is ready', () => {
    assert.equal(callHost(newWorld(), output('subscribe'), new OutputStream(new FailingSink())), alwaysReady);
  });

  test('a dropped stream is known as such', () => {
    const stream = new OutputStream(new FailingSink());
    dropHandle(newWorld(), 'wasi:io/streams#output-stream', stream);
    const from = inputOf('');
    dropHandle(newWorld(), 'wasi:io/streams#input-stream', from);
    assert.deepEqual([stream.dropped, from.dropped], [true, true]);
  });
});

test('to-debug-string of an error gives its message', () => {
  assert.equal(callHost(newWorld(), 'wasi:io/error#[method]error.to-debug-string', new IoError('why')), 'why');
});
