/** The payload of a call: what goes in comes out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCall, encodeCall, type ScalarValue } from '../../contracts/call.ts';
import { type ScalarType, scalarTypes } from '../../contracts/kinds.ts';
import { type Random, seededRandom } from '../support/random.ts';

const edges: Readonly<Record<ScalarType, readonly ScalarValue[]>> = {
  i32: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  i64: [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n],
  f32: [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Math.fround(0.1)],
  f64: [0, -0, 0.1, Number.NaN, Number.NEGATIVE_INFINITY, Number.MAX_VALUE, Number.MIN_VALUE],
};
const names = ['run', '', 'ünïcödé 🐓', '__proto__', '\0', 'a'.repeat(1_024)];

function anyValue(type: ScalarType, random: Random): ScalarValue {
  if (random.int(2) === 0) return random.pick(edges[type]);
  const bits = new DataView(random.bytes(8).buffer as ArrayBuffer);
  if (type === 'i64') return bits.getBigInt64(0);
  if (type === 'i32') return bits.getInt32(0);
  return type === 'f32' ? bits.getFloat32(0) : bits.getFloat64(0);
}

test('export name and values survive the way, whatever they are', () => {
  const random = seededRandom(2);
  for (let i = 0; i < 5_000; i++) {
    const exportName = random.pick(names);
    const types = Array.from({ length: random.int(6) }, () => random.pick(scalarTypes));
    const values = types.map((type) => anyValue(type, random));
    assert.deepEqual(decodeCall(encodeCall(exportName, types, values)), { exportName, values });
  }
});

test('a call is read from the middle of a larger buffer', () => {
  const bytes = encodeCall('run', ['i64', 'f64'], [-5n, 0.25]);
  const larger = Buffer.alloc(bytes.length + 20, 0xff);
  larger.set(bytes, 7);
  assert.deepEqual(decodeCall(larger.subarray(7, 7 + bytes.length)), { exportName: 'run', values: [-5n, 0.25] });
});

test('1,000 arguments are carried', () => {
  const types = Array.from({ length: 1_000 }, (): ScalarType => 'i32');
  const values = types.map((_, i) => i);
  assert.deepEqual(decodeCall(encodeCall('run', types, values)).values, values);
});
