import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { limits } from '../../contracts/limits.ts';
import { type DescriptionAnswer, encodeInspectionHeader, type InspectionAnswer } from '../../inspector/wire.ts';
import { probeLocks } from '../../shared/sandbox/locks.ts';
import { entryPath } from '../../shared/sandbox/program.ts';
import { Inspector, inspectorEntry } from '../../gateway/publish/inspector.ts';
import { httpComponent } from '../fixtures/components.ts';
import { coreKillers } from '../fixtures/killers.ts';
import { componentFromWat } from '../support/components.ts';
import { askInspector, runInspector, spawnInspector } from '../support/inspector.ts';
import { fromWat } from '../support/modules.ts';

/** The process has this long for one module. */
const inspectionTimeoutMs = 2_500;
const maxMemoryBytes = limits.defaultMemoryBytes;

test('answers the analysis of a module and ends', async () => {
  const bytes = readFileSync(new URL('../../examples/fib-c/fib.wasm', import.meta.url));
  const { answer, exit } = await runInspector(bytes, maxMemoryBytes, inspectionTimeoutMs);
  assert.deepEqual(exit, [0, null]);
  assert.deepEqual(answer, {
    ok: true,
    analysis: {
      kind: 'core',
      exports: [{ name: 'fib', params: [{ name: 'n', type: 'i32' }], results: ['i32'], callable: true }],
      needs: [],
    },
  });
});

test('answers code, detail and extra of a refusal and ends', async () => {
  const { answer, exit } = await runInspector(await fromWat('(module (import "env" "foo" (func)))'), maxMemoryBytes, inspectionTimeoutMs);
  assert.deepEqual(exit, [0, null]);
  assert.deepEqual(answer, {
    ok: false,
    code: 'IMPORT_NOT_PROVIDED',
    detail: 'module imports "env"."foo" (func)',
    extra: { imports: [{ module: 'env', name: 'foo', kind: 'function', type: '() -> ()' }], importCount: 1 },
  });
});

test('answers for an empty upload', async () => {
  const { answer } = await runInspector(new Uint8Array(), maxMemoryBytes, inspectionTimeoutMs);
  assert.ok(answer && !answer.ok);
  assert.equal(answer.code, 'MODULE_INVALID');
});

test('takes a request that arrives byte by byte', async () => {
  const { wire, exited } = spawnInspector();
  const bytes = await fromWat('(module)');
  for (const byte of Buffer.concat([encodeInspectionHeader({ ask: 'inspect', maxMemoryBytes, sizeBytes: bytes.length }), bytes])) {
    await new Promise((written) => wire.write(Uint8Array.of(byte), written));
  }
  let text = '';
  for await (const chunk of wire) text += String(chunk);
  assert.equal(text, '{"ok":true,"analysis":{"kind":"core","exports":[],"needs":[]}}\n');
  assert.deepEqual(await exited, [0, null]);
});

test('answers an asker that ended its side after asking', async () => {
  const { wire, exited } = spawnInspector();
  const bytes = await fromWat('(module)');
  wire.write(encodeInspectionHeader({ ask: 'inspect', maxMemoryBytes, sizeBytes: bytes.length }));
  wire.end(bytes);
  let text = '';
  for await (const chunk of wire) text += String(chunk);
  assert.match(text, /"ok":true/);
  assert.deepEqual(await exited, [0, null]);
});

test('ends when its wire closes before a request is whole', async () => {
  const asked = spawnInspector();
  asked.wire.write(encodeInspectionHeader({ ask: 'inspect', maxMemoryBytes, sizeBytes: 100 }));
  asked.wire.end(Uint8Array.of(0, 0x61));
  assert.deepEqual(await asked.exited, [1, null]);
  const unasked = spawnInspector();
  unasked.wire.destroy();
  assert.deepEqual(await unasked.exited, [1, null]);
});

test('inspects and describes a component behind the strongest locks of this machine', async () => {
  const locks = await probeLocks(entryPath(inspectorEntry));
  const bytes = await componentFromWat(httpComponent('0.2.4'));
  const inspection = await askInspector<InspectionAnswer>({ ask: 'inspect', maxMemoryBytes }, bytes, inspectionTimeoutMs, locks);
  assert.deepEqual(inspection.answer, { ok: true, analysis: { kind: 'component-http', exports: [], needs: [] } }, inspection.lastWords);
  const { answer, lastWords } = await askInspector<DescriptionAnswer>({ ask: 'describe' }, bytes, inspectionTimeoutMs, locks);
  assert.ok(answer?.ok, lastWords);
  assert.match(answer.description.wit, /export wasi:http\/incoming-handler@0\.2\.4;/);
  assert.match(answer.description.types, /^declare module 'wasi:http\/incoming-handler@0\.2\.4' \{$/m);
});

test('the gateway takes a module with as much memory as the function may have, and describes none that is no component', async () => {
  const inspector = new Inspector({
    locks: await probeLocks(entryPath(inspectorEntry)),
    log: { warn: (_fields, message) => assert.fail(message) },
  });
  const bytes = await fromWat('(module (memory 20000))');
  assert.equal((await inspector.inspect(bytes, 20_000 * 65_536)).kind, 'core');
  await assert.rejects(inspector.inspect(bytes, 20_000 * 65_536 - 1), { code: 'MODULE_OVER_LIMIT' });
  await assert.rejects(inspector.describe(bytes), { code: 'MODULE_UNSUPPORTED' });
  const component = await inspector.describe(await componentFromWat(httpComponent('0.2.4')));
  assert.match(component.wit, /^package root:component;/);
});

test('answers why a module cannot be described', async () => {
  const { answer } = await askInspector<DescriptionAnswer>({ ask: 'describe' }, await fromWat('(module)'), inspectionTimeoutMs);
  assert.ok(answer && !answer.ok && answer.code === 'MODULE_UNSUPPORTED', JSON.stringify(answer));
});

for (const { name, config, build, fate } of coreKillers) {
  test(`is done or stopped within 5 s: ${name}`, async () => {
    const { answer, exit, tookMs } = await runInspector(await build(), config.memoryBytes ?? maxMemoryBytes, inspectionTimeoutMs);
    assert.ok(tookMs < 5_000, `took ${tookMs} ms`);
    if (fate.publish === 'refused' && fate.stopped) {
      assert.deepEqual(exit, [null, 'SIGKILL']);
      assert.equal(answer, undefined);
      return;
    }
    assert.deepEqual(exit, [0, null]);
    if (fate.publish === 'refused') assert.ok(answer && !answer.ok && answer.code === fate.code, JSON.stringify(answer));
    else assert.ok(answer?.ok, JSON.stringify(answer));
  });
}
