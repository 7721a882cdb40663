import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withLogEnd } from '../../executor/guest-log.ts';
import type { GuestFault } from '../../executor/trap.ts';

const fault: GuestFault = { code: 'GUEST_TRAPPED', detail: 'the guest trapped', extra: { trap: 'unreachable' } };

function shown(text: string): unknown {
  return withLogEnd(fault, Buffer.from(text)).extra?.['log'];
}

test('a fault shows what the guest wrote to its log, beside what else it says', () => {
  assert.deepEqual(withLogEnd(fault, Buffer.from('why\n')), { ...fault, extra: { trap: 'unreachable', log: 'why\n' } });
});

test('a fault of a guest that wrote nothing stays as it is', () => assert.equal(withLogEnd(fault, Buffer.alloc(0)), fault));

test('of a log of more than 4 KiB the end is shown, and that something came before', () => {
  assert.equal(shown('x'.repeat(4_096)), 'x'.repeat(4_096));
  assert.equal(shown(`lost${'x'.repeat(4_096)}`), `...${'x'.repeat(4_096)}`);
});

test('no character is cut in two', () => {
  assert.equal(shown(`ü${'x'.repeat(4_095)}`), `...${'x'.repeat(4_095)}`);
  assert.equal(shown(`😀${'x'.repeat(4_093)}`), `...${'x'.repeat(4_093)}`);
  assert.equal(shown(`ü${'x'.repeat(4_096)}`), `...${'x'.repeat(4_096)}`);
});

test('what is no UTF-8 is shown as far as it can be', () => {
  const bytes = Buffer.alloc(5_000, 0x80);
  const log = withLogEnd(fault, bytes).extra?.['log'] as string;
  assert.match(log, /^\.\.\.\ufffd+$/);
});
