/** Which modules are left to V8, what is chosen for the others, and that V8 does it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { compileModule } from '../../executor/compile.ts';
import { chooseTiering, tieringLimits } from '../../executor/tiering.ts';
import { fromWat } from '../support/modules.ts';

const root = join(import.meta.dirname, '../..');
const straight = '(func (export "straight"))';
const loop = '(func (param $n i32) (loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))';
const fork = '(func (param $n i32) (loop (if (local.get $n) (then nop)) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))';

test('names the functions that loop, the first one by the lowest bit', async () => {
  assert.deepEqual(chooseTiering(await fromWat(`(module ${straight} ${loop} ${loop})`)), { optimized: 0b110, unrollLoops: true });
});

test('imported functions are not counted', async () => {
  assert.equal(chooseTiering(await fromWat(`(module (import "e" "f" (func)) ${loop})`))?.optimized, 1);
});

test('loops are not unrolled where one of them forks', async () => {
  assert.deepEqual(chooseTiering(await fromWat(`(module ${loop} ${fork})`)), { optimized: 0b11, unrollLoops: false });
});

test('leaves modules to V8 that have nothing to optimize, no code, or are no modules', async () => {
  assert.equal(chooseTiering(await fromWat(`(module ${straight})`)), undefined);
  assert.equal(chooseTiering(await fromWat('(module (memory 1))')), undefined);
  assert.equal(chooseTiering(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 99)), undefined);
});

test('the 32nd function is the last that is looked at', async () => {
  const before = straight.replace(' (export "straight")', '').repeat(tieringLimits.functions - 1);
  assert.equal(chooseTiering(await fromWat(`(module ${before} ${loop})`))?.optimized, 1 << 31);
  assert.equal(chooseTiering(await fromWat(`(module (func) ${before} ${loop})`)), undefined);
});

test('a code section of 8,192 bytes is optimized, a larger one is left to V8', async () => {
  const sized = async (nops: number): Promise<Uint8Array> => fromWat(`(module ${loop} (func ${'nop '.repeat(nops)}))`);
  const empty = codeBytes(await sized(4_096));
  const most = 4_096 + tieringLimits.codeBytes - empty;
  assert.equal(codeBytes(await sized(most)), tieringLimits.codeBytes);
  assert.notEqual(chooseTiering(await sized(most)), undefined);
  assert.equal(chooseTiering(await sized(most + 1)), undefined);
});

function codeBytes(bytes: Uint8Array): number {
  for (let at = 8; at < bytes.length;) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = bytes[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    if (id === 10) return size;
    at += size;
  }
  return 0;
}

test('the programs of the benchmark that compute are optimized; recursion is left to V8', () => {
  const chosen = (name: string): unknown => chooseTiering(readFileSync(join(root, `bench/engines/wasm/${name}.wasm`)));
  assert.deepEqual(chosen('bubble'), { optimized: 1, unrollLoops: false });
  assert.deepEqual(chosen('walk'), { optimized: 1, unrollLoops: true });
  assert.equal(chosen('fib'), undefined);
});

/** @returns what V8 says that it compiled, in the order of the program's output */
function trace(program: string): string[] {
  const compile = pathToFileURL(join(root, 'executor/compile.ts')).href;
  const source = `import { compileModule } from ${JSON.stringify(compile)}; const say = (what) => console.log(what); ${program}`;
  const { stdout, status } = spawnSync(process.execPath, ['--trace-wasm-compilation-times', '--input-type=module', '--eval', source], {
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  const lines = stdout.split('\n').slice(stdout.split('\n').indexOf('begin') + 1);
  return lines.flatMap((line) => /#(0) using (\w+), .*bodysize 24\d /.exec(line)?.slice(1).join(' ') ?? (line === 'call' ? [line] : []));
}

// Its number and its size tell the function from what node itself compiles, at any time.
const body = (code: string): string => `(module (func (export "f") ${'nop '.repeat(236)} ${code}))`;
const compute = 'const load = (text) => compileModule(Uint8Array.from(Buffer.from(text, "base64")));';

test('V8 optimizes the chosen functions before the first call, and compiles the next module as ever', async () => {
  const [one, other] = await Promise.all(['(loop)', '(drop (i32.const 1))'].map(async (code) => text(await fromWat(body(code)))));
  const program = `${compute} say('begin');
    for (const module of ['${one}', '${other}'].map(load)) { say('call'); new WebAssembly.Instance(module).exports.f(); }`;
  assert.deepEqual(trace(program), ['0 TurboFan', 'call', 'call', '0 Liftoff']);
});

test('V8 compiles as ever after a module that it refused', async () => {
  const refused = await fromWat(`(module ${loop})`);
  refused[refused.lastIndexOf(0x6b)] = 0x7c;
  assert.notEqual(chooseTiering(refused), undefined);
  assert.throws(() => compileModule(refused), WebAssembly.CompileError);
  const other = text(await fromWat(body('(drop (i32.const 1))')));
  const program = `${compute} try { load('${text(refused)}'); } catch { say('begin'); }
    const module = load('${other}'); say('call'); new WebAssembly.Instance(module).exports.f();`;
  assert.deepEqual(trace(program), ['call', '0 Liftoff']);
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
