/** Real programs on the host: what compilers and their libraries make of the calls. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { encodeAssets } from '../../../contracts/assets.ts';
import { freezeAssets } from '../../../executor/host/files/freeze.ts';
import { GuestCell } from '../../../executor/host/preview1/cell.ts';
import { preview1Imports } from '../../../executor/host/preview1/imports.ts';
import { World } from '../../../executor/host/world.ts';
import { packOf } from '../../support/asset-packs.ts';

const noMemory = new WebAssembly.Memory({ initial: 0, maximum: 0 });

test('a C program finds files, directories, links, times and standard streams as POSIX has them, twice', () => {
  const module = new WebAssembly.Module(readFileSync(join(import.meta.dirname, '../../fixtures/wasi/files.wasm')));
  const assets = freezeAssets(encodeAssets(packOf({ 'assets/read me.txt': 'an asset' })));
  const cell = new GuestCell();
  const imports = preview1Imports(cell);
  // The second run has the same assets, imports and cell: it must find nothing of the first.
  for (let run = 0; run < 2; run++) {
    const world = new World({
      args: ['program', 'argument'],
      env: [['NAME', 'value']],
      assets,
      maxFileBytes: 10_000_000,
      maxAnswerBytes: 10_000,
      maxLogBytes: 10_000,
    });
    world.stdin = Buffer.from('first line\nsecond');
    cell.enter(world, noMemory);
    const { memory, _start: start } = new WebAssembly.Instance(module, imports).exports;
    cell.enter(world, memory as WebAssembly.Memory);
    assert.throws(() => (start as () => void)(), WebAssembly.RuntimeError);
    assert.equal(Buffer.from(world.stdout.take()).toString(), '0 failures\n');
    assert.equal(Buffer.from(world.stderr.take()).toString(), 'to the log\n');
    assert.deepEqual(world.stopped, { kind: 'exit', status: 42 });
    assert.equal(world.files.usedBytes, 0);
  }
});
