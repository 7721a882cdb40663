/** Who is to blame for what ended a call: the guest for traps and what its host stopped it for, the platform for everything else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GuestError } from '../../executor/guest-error.ts';
import { describeFault } from '../../executor/trap.ts';
import { fromWat } from '../support/modules.ts';

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('a trap of the guest is GUEST_TRAPPED with its name in the specification', async () => {
  const module = await fromWat('(module (func $f (export "f") unreachable) (func $deep (export "deep") (call $deep)))');
  const { f, deep } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(module))).exports as Record<string, () => void>;
  const trapped = describeFault(
    thrownBy(() => f?.()),
    'call',
  );
  assert.partialDeepStrictEqual(trapped, {
    code: 'GUEST_TRAPPED',
    detail: 'the guest trapped: unreachable',
    extra: { trap: 'unreachable' },
  });
  const overflow = describeFault(
    thrownBy(() => deep?.()),
    'start',
  );
  assert.partialDeepStrictEqual(overflow, { code: 'GUEST_TRAPPED', extra: { trap: 'call stack exhausted' } });
});

test('a memory that cannot be had is GUEST_MEMORY_EXCEEDED', () => {
  const error = new RangeError('WebAssembly.Memory(): could not allocate memory');
  assert.equal(describeFault(error, 'start').code, 'GUEST_MEMORY_EXCEEDED');
});

test('what the host says of the guest is passed on as it is', () => {
  const fault = describeFault(new GuestError('GUEST_EXITED', 'the guest exited with code 3', { exitCode: 3 }), 'call');
  assert.deepEqual(fault, { code: 'GUEST_EXITED', detail: 'the guest exited with code 3', extra: { exitCode: 3 } });
});

test('anything else is ours: INTERNAL, and never blamed on the guest', () => {
  for (const error of [
    new TypeError('x is not a function'),
    new RangeError('Invalid typed array length: -1'),
    new Error('no'),
    undefined,
  ]) {
    const fault = describeFault(error, 'call');
    assert.equal(fault.code, 'INTERNAL');
    assert.match(fault.detail, /^the executor failed: /);
  }
});
