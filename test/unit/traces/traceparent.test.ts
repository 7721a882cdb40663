/** The header traceparent, by the cases of its specification (W3C Trace Context, section 3.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTraceparent, isSampled, newTrace, parseTraceparent } from '../../../contracts/traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';

test("the specification's examples are read, and written as they were", () => {
  for (const [flags, sampled] of [
    ['01', true],
    ['00', false],
  ] as const) {
    const text = `00-${traceId}-${parentId}-${flags}`;
    const context = parseTraceparent(text) ?? assert.fail();
    assert.deepEqual(context, { traceId, parentId, flags: Number(flags) });
    assert.equal(isSampled(context), sampled);
    assert.equal(formatTraceparent(context), text);
  }
});

test('what is not as version 00 says is no traceparent', () => {
  for (const text of [
    '',
    '00',
    `00-${traceId}-${parentId}`,
    `00-${traceId}-${parentId}-`,
    `00-${traceId}-${parentId}-1`,
    `00-${traceId}-${parentId}-001`,
    `00-${traceId}-${parentId}-0x`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId}-${parentId.toUpperCase().replace('00F', '00F')}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.slice(1)}-${parentId}-01`,
    `00-${traceId}0-${parentId}-01`,
    `00-${traceId}-${parentId}0-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId}-${parentId}-01.`,
    `00_${traceId}_${parentId}_01`,
    ` 00-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
    `ff-${traceId}-${parentId}-01`,
    `FF-${traceId}-${parentId}-01`,
    `0-${traceId}-${parentId}-01`,
    `000-${traceId}-${parentId}-01`,
  ])
    assert.equal(parseTraceparent(text), undefined, text);
});

test('of a later version what is known is read, and written as version 00', () => {
  const expected = `00-${traceId}-${parentId}-01`;
  for (const text of [
    `01-${traceId}-${parentId}-01`,
    `cc-${traceId}-${parentId}-01-what-the-future-will-be-like`,
    `cc-${traceId}-${parentId}-01-`,
  ])
    assert.equal(formatTraceparent(parseTraceparent(text) ?? assert.fail(text)), expected);
  for (const text of [`cc-${traceId}-${parentId}-01.what`, `cc-${traceId}-${parentId}-0`, `cc-${'0'.repeat(32)}-${parentId}-01`])
    assert.equal(parseTraceparent(text), undefined, text);
});

test('flags that are not known are not passed on', () => {
  const flagsOf = (flags: string): string =>
    formatTraceparent(parseTraceparent(`00-${traceId}-${parentId}-${flags}`) ?? assert.fail()).slice(-2);
  assert.deepEqual(['ff', 'fe', '09', '02'].map(flagsOf), ['03', '02', '01', '02']);
});

test('a trace that begins with an invocation has its id', () => {
  const id = '0193f7a2-5b1c-7d3e-8f00-112233445566';
  assert.equal(formatTraceparent(newTrace(id, true)), '00-0193f7a25b1c7d3e8f00112233445566-8f00112233445566-01');
  assert.equal(formatTraceparent(newTrace(id, false)).slice(-2), '00');
});
