/** The wire between worker and executor: every frame survives, however the bytes are cut; what is malformed is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader } from '../../executor/framing.ts';
import {
  decodeAnswer,
  decodeBatch,
  decodeFailure,
  decodeLog,
  decodeLoad,
  encodeAnswer,
  encodeBatch,
  encodeDrop,
  encodeFailure,
  encodeLog,
  encodeLoad,
  encodeSignal,
  frame,
  monotonicUs,
} from '../../executor/protocol.ts';
import { seededRandom } from '../support/random.ts';

interface Frame {
  readonly type: number;
  readonly body: Buffer;
}

/** What a reader makes of chunks. */
function read(chunks: readonly Buffer[], maxBytes = 1_000_000): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader(maxBytes, (type, body) => frames.push({ type, body }));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

function bodyOf(bytes: Buffer): Buffer {
  const [first] = read([bytes]);
  assert.ok(first !== undefined);
  return first.body;
}

const answer = {
  seq: 7,
  start: 'reused',
  loadUs: 12,
  compileUs: 11,
  runUs: 4_000_000_000,
  status: 201,
  headers: ['content-type', 'application/json', 'x-ü', 'ä'],
  body: Buffer.from('[1]'),
} as const;
const failure = {
  seq: 8,
  loadUs: 1,
  compileUs: 0,
  runUs: 2,
  code: 'GUEST_TRAPPED',
  detail: 'it trapped: ü',
  extra: { trap: 'unreachable', stack: ['f+0x1'] },
} as const;
const calls = [
  { seq: 1, artifact: 3, reuse: false, payload: Buffer.from([1, 2, 3]) },
  { seq: 2, artifact: 4, reuse: true, payload: Buffer.alloc(0) },
];

test('every kind of frame survives the way', () => {
  assert.deepEqual(decodeAnswer(bodyOf(encodeAnswer(answer))), answer);
  assert.deepEqual(decodeAnswer(bodyOf(encodeAnswer({ ...answer, headers: [], body: Buffer.alloc(0) }))), {
    ...answer,
    headers: [],
    body: Buffer.alloc(0),
  });
  assert.deepEqual(decodeFailure(bodyOf(encodeFailure(failure))), failure);
  assert.deepEqual(decodeBatch(bodyOf(encodeBatch(123.5, calls))), { sentAtUs: 123.5, calls });
  const load = {
    artifact: 9,
    kind: 'command',
    memory: undefined,
    resets: true,
    memoryBytes: 65_536,
    args: [],
    env: [],
    assets: undefined,
  } as const;
  const module = Uint8Array.of(0, 97);
  assert.deepEqual(decodeLoad(bodyOf(encodeLoad({ ...load, module }))), { ...load, module });
  const full = {
    ...load,
    memory: { initialPages: 0, maximumPages: 3 },
    args: ['ü'],
    env: [['A', '1']] as const,
    assets: Uint8Array.of(7, 8, 9),
    module,
  };
  assert.deepEqual(decodeLoad(bodyOf(encodeLoad(full))), full);
  assert.deepEqual(decodeLog(bodyOf(encodeLog(3, Buffer.from('said')))), { seq: 3, log: Buffer.from('said') });
  assert.equal(bodyOf(encodeDrop(9)).readUInt32LE(0), 9);
  assert.deepEqual(read([encodeSignal(frame.READY)]), [{ type: frame.READY, body: Buffer.alloc(0) }]);
});

const stream = Buffer.concat([
  encodeSignal(frame.READY),
  encodeAnswer(answer),
  encodeSignal(frame.BATCH_ENDED),
  encodeFailure(failure),
  encodeBatch(1, calls),
]);
const whole = read([stream]);

test('frames come out the same wherever the bytes are cut', () => {
  assert.equal(whole.length, 5);
  for (let cut = 0; cut <= stream.length; cut++)
    assert.deepEqual(read([stream.subarray(0, cut), stream.subarray(cut)]), whole, `cut at ${cut}`);
  assert.deepEqual(read([...stream].map((byte) => Buffer.from([byte]))), whole);
  const random = seededRandom(3);
  for (let i = 0; i < 500; i++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + random.int(40);
      chunks.push(stream.subarray(at, end));
      at = end;
    }
    assert.deepEqual(read(chunks), whole);
  }
});

test('a frame over the limit is refused as soon as its length is there', () => {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(1_001, 0);
  assert.throws(() => read([head], 1_000), /over the limit/);
  head.writeUInt32LE(0xffffffff, 0);
  assert.throws(() => read([head.subarray(0, 4), head.subarray(4)], 1_000), /over the limit/);
});

test('a frame without even a type is refused', () => {
  assert.throws(() => read([Buffer.alloc(5)]), /empty/);
});

test('unknown starts are refused', () => {
  const broken = bodyOf(encodeAnswer(answer));
  broken[16] = 99;
  assert.throws(() => decodeAnswer(broken), /unknown start 99/);
});

test('any bytes at all make a reader and its decoders answer or throw, never hang', () => {
  const random = seededRandom(4);
  const decoders = [decodeAnswer, decodeFailure, decodeBatch, decodeLoad, decodeLog];
  for (let i = 0; i < 5_000; i++) {
    const bytes = Buffer.from(random.bytes(random.int(60)));
    for (const decode of decoders) {
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
  }
});

test('the clock counts microseconds, in step with the one of performance.now()', () => {
  const [fromMs, fromUs] = [performance.now(), monotonicUs()];
  while (performance.now() - fromMs < 5);
  const [tookMs, tookUs] = [performance.now() - fromMs, monotonicUs() - fromUs];
  assert.ok(Math.abs(tookUs - tookMs * 1_000) < 1_000, `${tookUs} us, ${tookMs} ms`);
});
