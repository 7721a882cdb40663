/** What a guest wrote, cut into lines as far as there is room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxLineLength } from '../../../contracts/guest-log.ts';
import { cutLines } from '../../../worker/logs/lines.ts';

const ample = { lines: 1e9, bytes: 1e9 };
const lines = (text: string): readonly string[] => cutLines(text, ample).lines;

test('lines end with a line feed, with or without a carriage return before it; the last one need not', () => {
  assert.deepEqual(lines('a\nb\r\n\nc'), ['a', 'b', '', 'c']);
  assert.deepEqual(lines('a\n'), ['a']);
  assert.deepEqual(lines('\n'), ['']);
  assert.deepEqual(lines(''), []);
  assert.deepEqual(lines('a\rb\r'), ['a\rb\r']);
});

test('a line that is too long comes in pieces, none of which ends within a character', () => {
  const long = 'x'.repeat(maxLineLength);
  assert.deepEqual(lines(`${long}\ny`), [long, 'y']);
  assert.deepEqual(lines(`${long}z\ny`), [long, 'z', 'y']);
  const pieces = lines(`${'x'.repeat(maxLineLength - 1)}😀😀`);
  assert.deepEqual(pieces, ['x'.repeat(maxLineLength - 1), '😀😀']);
});

test('lines are taken up to the room there is, in lines and in bytes, and what comes after is counted', () => {
  assert.deepEqual(cutLines('aé\nb\nc', { lines: 2, bytes: 99 }), { lines: ['aé', 'b'], bytes: 6, dropped: { lines: 1, bytes: 1 } });
  assert.deepEqual(cutLines('aé\nb\nc\n', { lines: 9, bytes: 6 }), { lines: ['aé', 'b'], bytes: 6, dropped: { lines: 1, bytes: 2 } });
  assert.deepEqual(cutLines('aé\nb\nc\n', { lines: 9, bytes: 5.9 }), { lines: ['aé'], bytes: 4, dropped: { lines: 2, bytes: 4 } });
  assert.deepEqual(cutLines('a\nb\n\n', { lines: 0.9, bytes: 99 }), { lines: [], bytes: 0, dropped: { lines: 3, bytes: 5 } });
  assert.deepEqual(cutLines('a\nb', { lines: 2, bytes: 4 }), { lines: ['a', 'b'], bytes: 4, dropped: { lines: 0, bytes: 0 } });
});
