/** args_*, environ_*. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { at, TestGuest } from '../../support/preview1.ts';

const cases = [
  ['args', { args: ['name', 'zwölf', ''] }, ['name', 'zwölf', '']],
  [
    'environ',
    {
      env: [
        ['A', 'b=c'],
        ['EMPTY', ''],
        ['Ü', 'é'],
      ] as const,
    },
    ['A=b=c', 'EMPTY=', 'Ü=é'],
  ],
] as const;

for (const [prefix, settings, expected] of cases) {
  test(`${prefix}_get gives every string in UTF-8 with a zero behind it, and where each begins`, () => {
    const guest = new TestGuest(settings);
    assert.equal(guest.call(`${prefix}_sizes_get`, at.out, at.out + 4), 0);
    const [count, bytes] = [guest.u32(at.out), guest.u32(at.out + 4)];
    const whole = Buffer.from(expected.map((text) => `${text}\0`).join(''));
    assert.deepEqual([count, bytes], [expected.length, whole.length]);
    assert.equal(guest.call(`${prefix}_get`, at.vectors, at.buffer), 0);
    assert.equal(guest.text(at.buffer, bytes), whole.toString());
    let pointer: number = at.buffer;
    for (const [index, text] of expected.entries()) {
      assert.equal(guest.u32(at.vectors + 4 * index), pointer);
      pointer += Buffer.byteLength(text) + 1;
    }
  });

  test(`${prefix}_get and ${prefix}_sizes_get answer EFAULT outside memory, and write nothing`, () => {
    const guest = new TestGuest(settings);
    assert.equal(guest.call(`${prefix}_sizes_get`, at.end - 3, at.out), 21);
    assert.equal(guest.call(`${prefix}_sizes_get`, at.out, -4), 21);
    assert.equal(guest.call(`${prefix}_get`, at.vectors, at.end - 4), 21);
    assert.equal(guest.call(`${prefix}_get`, at.end - 4, at.buffer), 21);
    assert.ok(new Uint8Array(guest.memory.buffer).every((byte) => byte === 0));
  });

  test(`${prefix}_sizes_get counts nothing where there is nothing`, () => {
    const guest = new TestGuest();
    assert.equal(guest.call(`${prefix}_sizes_get`, at.out, at.out + 4), 0);
    assert.deepEqual([guest.u32(at.out), guest.u32(at.out + 4)], [0, 0]);
    assert.equal(guest.call(`${prefix}_get`, at.end, at.end), 0);
  });
}
