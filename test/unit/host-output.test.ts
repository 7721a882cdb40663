/** Output of a guest: bounded, whole, and cheap however it is written. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Output } from '../../executor/host/output.ts';
import { seededRandom } from '../support/random.ts';

test('gives what was written, in order, once', () => {
  const random = seededRandom(3);
  const output = new Output('the log', 1_000_000);
  for (let round = 0; round < 3; round++) {
    const parts = Array.from({ length: 200 }, () => random.bytes(random.int(500)));
    for (const part of parts) assert.equal(output.write(part), undefined);
    const whole = Buffer.concat(parts);
    assert.equal(output.length, whole.length);
    assert.equal(Buffer.compare(output.take(), whole), 0);
    assert.deepEqual([output.length, output.take().length], [0, 0]);
  }
});

test('copies what it is given, and what it gave is not written over', () => {
  const output = new Output('the log', 100);
  const bytes = Buffer.from('one');
  output.write(bytes);
  bytes.fill(0);
  const taken = output.take();
  output.write(Buffer.from('two'));
  assert.equal(Buffer.from(taken).toString(), 'one');
});

test('takes exactly its limit, and says why a byte more stops the guest', () => {
  const output = new Output('standard output', 100);
  for (let i = 0; i < 100; i++) assert.equal(output.write(Uint8Array.of(i)), undefined);
  const reason = output.write(Uint8Array.of(0));
  assert.deepEqual(reason, {
    kind: 'fault',
    code: 'GUEST_OUTPUT_EXCEEDED',
    detail: 'standard output is limited to 100 bytes; the guest wrote more',
  });
  assert.equal(output.write(new Uint8Array(0)), undefined);
  assert.equal(output.take().length, 100);
});

test('millions of single bytes take the memory of their bytes', () => {
  const output = new Output('standard output', 4_000_000);
  const before = process.memoryUsage().heapUsed;
  const byte = Uint8Array.of(7);
  for (let i = 0; i < 2_000_000; i++) output.write(byte);
  // As pieces they would be 2,000,000 objects of some hundred bytes each.
  assert.ok(process.memoryUsage().heapUsed - before < 50_000_000);
  assert.equal(output.take().length, 2_000_000);
});
