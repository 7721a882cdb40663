/** The calls as a module imports them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { preview1, preview1Modules } from '../../../wasi/preview1.ts';
import { fromWat } from '../../support/modules.ts';
import { at, TestGuest } from '../../support/preview1.ts';

test('both snapshots have exactly the calls that are named, and nothing to inherit', () => {
  const { imports } = new TestGuest();
  assert.deepEqual(Object.keys(imports), [...preview1Modules]);
  assert.equal(Object.getPrototypeOf(imports), null);
  for (const calls of Object.values(imports)) {
    assert.equal(Object.getPrototypeOf(calls), null);
    assert.deepEqual(Object.keys(calls).toSorted(), [...preview1.keys()].toSorted());
  }
});

test('every call answers in numbers whatever it is given: no exception comes out of the host', () => {
  const values = [0, -1, 1, 3, 4, 0xfffc, 0x1_0000, 0x7fff_ffff, -0x8000_0000];
  for (const module of preview1Modules) {
    for (const [name, type] of preview1) {
      if (name === 'proc_exit') continue;
      const params = (/\((.*?)\)/.exec(type)?.[1] ?? '').split(', ').filter((param) => param !== '');
      const guest = new TestGuest({ files: { a: 'x' } }, module);
      for (let round = 0; round < 200; round++) {
        const args = params.map((param, index) => {
          const value = values[(round * 7 + index * (round + 3)) % values.length] ?? 0;
          return param === 'i64' ? BigInt(value) : value;
        });
        // Sleeping without end is what an endless timeout asks for.
        if (name === 'poll_oneoff') new Uint8Array(guest.memory.buffer).fill(0);
        const result = guest.call(name, ...args);
        assert.ok(Number.isInteger(result) && result >= 0 && result <= 76, `${name}(${args.join()}) answered ${result}`);
      }
    }
  }
});

test('a guest that catches everything does not catch its exit', async () => {
  const guest = new TestGuest();
  const module = new WebAssembly.Module(
    await fromWat(`(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (func (export "run") (result i32)
        (try (do (call $exit (i32.const 7))) (catch_all))
        (i32.const 1)))`),
  );
  const { run } = new WebAssembly.Instance(module, guest.imports).exports;
  assert.throws(() => (run as () => number)(), WebAssembly.RuntimeError);
  assert.deepEqual(guest.world.stopped, { kind: 'exit', status: 7 });
});

test('memory that grew between calls, or is full of calls, is found', () => {
  const guest = new TestGuest({ args: ['x'] });
  assert.equal(guest.call('args_sizes_get', 0, 0x1_0000), 21);
  guest.memory.grow(1);
  assert.equal(guest.call('args_sizes_get', 0x1_fffc, 0x1_0000), 0);
  assert.deepEqual([guest.u32(0x1_fffc), guest.u32(0x1_0000)], [1, 2]);
  assert.equal(guest.call('fd_tell', 0, at.out), 70);
});
