/** Streams of wasi:io over files of wasi:filesystem. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { contentsOf, put } from '../../support/file-trees.ts';
import { callHost, dropHandle, newWorld } from '../../support/wasi.ts';
import { call, errOf, ok, open, rootOf, worldWith } from '../../support/wasi-files.ts';

test('streams of a file read, write and append independently, and past its removal', () => {
  const world = worldWith({ f: 'abcdef' });
  const root = rootOf(world);
  const file = ok(open(world, root, 'f'));
  const reads = ok(call(world, file, 'read-via-stream', 2n));
  const writes = ok(call(world, file, 'write-via-stream', 1n));
  const appends = ok(call(world, file, 'append-via-stream'));
  const put1 = (stream: unknown, text: string): unknown =>
    callHost(world, 'wasi:io/streams#[method]output-stream.blocking-write-and-flush', stream, Buffer.from(text));
  const read = (length: bigint): string =>
    Buffer.from(ok(callHost(world, 'wasi:io/streams#[method]input-stream.read', reads, length)) as Uint8Array).toString();
  ok(put1(writes, 'X'));
  ok(put1(writes, 'Y'));
  ok(put1(appends, '1'));
  ok(put1(appends, '2'));
  assert.equal(contentsOf(world.files, 'f'), 'aXYdef12');
  assert.equal(read(3n), 'Yde');
  ok(call(world, root, 'unlink-file-at', 'f'));
  dropHandle(world, 'wasi:filesystem/types#descriptor', file);
  ok(put1(appends, '3'));
  assert.equal(read(100n), 'f123');
  assert.deepEqual(errOf(callHost(world, 'wasi:io/streams#[method]input-stream.read', reads, 1n)), { tag: 'closed' });
  assert.ok(world.files.usedBytes > 0);
  dropHandle(world, 'wasi:io/streams#input-stream', reads);
  for (const stream of [writes, appends]) dropHandle(world, 'wasi:io/streams#output-stream', stream);
  assert.equal(world.files.usedBytes, 0);
});

test('a stream alone keeps its file, until it is given back', () => {
  for (const [method, ...args] of [['read-via-stream', 0n], ['write-via-stream', 3n], ['append-via-stream']] as const) {
    const world = worldWith({});
    put(world.files, 'f', 'abc');
    const root = rootOf(world);
    const file = ok(open(world, root, 'f'));
    const stream = ok(call(world, file, method, ...args));
    ok(call(world, root, 'unlink-file-at', 'f'));
    dropHandle(world, 'wasi:filesystem/types#descriptor', file);
    assert.ok(world.files.usedBytes > 0, method);
    dropHandle(world, `wasi:io/streams#${method === 'read-via-stream' ? 'input' : 'output'}-stream`, stream);
    assert.equal(world.files.usedBytes, 0, method);
  }
});

test('a file can be spliced to its own end', () => {
  const world = worldWith({});
  put(world.files, 'f', 'abc');
  const file = ok(open(world, rootOf(world), 'f'));
  const from = ok(call(world, file, 'read-via-stream', 0n));
  const to = ok(call(world, file, 'append-via-stream'));
  assert.equal(ok(callHost(world, 'wasi:io/streams#[method]output-stream.splice', to, from, 1_000n)), 3n);
  assert.equal(contentsOf(world.files, 'f'), 'abcabc');
});

test('a stream that fails says so in the terms of files', () => {
  const world = newWorld({ maxFileBytes: 5_000 });
  const file = ok(open(world, rootOf(world), 'f', { create: true }));
  const stream = ok(call(world, file, 'write-via-stream', 4_999n));
  const failed = errOf(callHost(world, 'wasi:io/streams#[method]output-stream.blocking-write-and-flush', stream, Buffer.from('xxx')));
  const { tag, val } = failed as { tag: string; val: unknown };
  assert.equal(tag, 'last-operation-failed');
  assert.equal(callHost(world, 'wasi:filesystem/types#filesystem-error-code', val), 'insufficient-space');
});
