import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExportSignature, ModuleAnalysis } from '../../contracts/function.ts';
import type { ModuleKind } from '../../contracts/kinds.ts';
import { applyParameterNames, chooseEntry, formatSignature } from '../../contracts/signature.ts';

const signature = (name: string, paramCount = 0, callable = true): ExportSignature => ({
  name,
  params: Array.from({ length: paramCount }, (_, i) => ({ name: `p${i}`, type: callable ? 'i32' : 'v128' })),
  results: ['i32'],
  callable,
});
const analysis = (...exports: ExportSignature[]): ModuleAnalysis => ({ kind: 'core', exports, needs: [] });

test('takes the entry of the configuration before the export named like the function', () => {
  assert.equal(chooseEntry('fib', { entry: 'b' }, analysis(signature('fib'), signature('b'))), 'b');
});

test('takes the export named like the function before others', () => {
  assert.equal(chooseEntry('fib', {}, analysis(signature('a'), signature('fib'))), 'fib');
});

test('takes the only callable export', () => {
  assert.equal(chooseEntry('fib', {}, analysis(signature('v', 1, false), signature('a'))), 'a');
});

test('lists the candidates when there is no clear entry', () => {
  assert.throws(() => chooseEntry('fib', {}, analysis(signature('a', 1), signature('b'))), {
    code: 'ENTRY_NOT_FOUND',
    message: 'the module has no export named "fib" and not exactly one callable export; candidates are a(p0: i32) -> i32, b() -> i32',
    extra: { candidates: ['a(p0: i32) -> i32', 'b() -> i32'] },
  });
});

test('lists no more than 20 candidates and counts the others', () => {
  const many = Array.from({ length: 23 }, (_, i) => signature(`e${i}`));
  assert.throws(() => chooseEntry('fib', {}, analysis(...many)), { message: /e19\(\) -> i32 and 3 more$/ });
});

test('refuses a module without callable exports', () => {
  assert.throws(() => chooseEntry('fib', {}, analysis()), { code: 'ENTRY_NOT_FOUND', message: /it exports no callable function$/ });
});

test('refuses a configured entry that is not there or not callable', () => {
  const given = analysis(signature('a'), signature('v', 1, false));
  assert.throws(() => chooseEntry('a', { entry: '__proto__' }, given), {
    code: 'ENTRY_NOT_FOUND',
    message: /exports no function "__proto__"; candidates are a/,
  });
  assert.throws(() => chooseEntry('a', { entry: 'v' }, given), {
    code: 'ENTRY_NOT_FOUND',
    message: /^v\(p0: v128\) -> i32 has a type that HTTP cannot carry/,
  });
});

const typed = (name: string, callable = true): ExportSignature => ({ name, params: [], results: [], callable, wit: { params: [] } });
const component = (...exports: ExportSignature[]): ModuleAnalysis => ({ kind: 'component', exports, needs: [] });

test('takes the export of an interface by any name that is its alone, and gives its full name', () => {
  const given = component(typed('docs:adder/add@0.1.0#sum'), typed('docs:adder/add@0.1.0#run'), typed('docs:other/x@0.1.0#run'));
  const sum = 'docs:adder/add@0.1.0#sum';
  assert.equal(chooseEntry('sum', {}, given), sum);
  for (const entry of ['sum', 'add/sum', 'docs:adder/add#sum', sum]) assert.equal(chooseEntry('f', { entry }, given), sum);
  assert.throws(() => chooseEntry('f', { entry: 'run' }, given), {
    code: 'ENTRY_NOT_FOUND',
    message: /^several exports can be meant by "run"; candidates are docs:adder\/add@0\.1\.0#sum\(\), /,
  });
  assert.throws(() => chooseEntry('run', {}, given), { message: /^the module has no export named "run" and not exactly one/ });
});

test('an export that cannot be called does not make the name of the function ambiguous', () => {
  assert.equal(chooseEntry('run', {}, component(typed('a:b/c@0.1.0#run'), typed('a:b/d@0.1.0#run', false), typed('x'))), 'a:b/c@0.1.0#run');
});

const fixedEntries = { command: '_start', 'component-http': 'wasi:http/incoming-handler', 'component-command': 'wasi:cli/run' } as const;

test('kinds that take whole requests have one entry, whatever they export', () => {
  for (const [kind, entry] of Object.entries(fixedEntries)) {
    const given: ModuleAnalysis = { kind: kind as ModuleKind, exports: [signature('f')], needs: [] };
    assert.equal(chooseEntry('f', {}, given), entry);
    assert.equal(chooseEntry('f', { entry }, given), entry);
    assert.throws(() => chooseEntry('f', { entry: 'f' }, given), {
      code: 'ENTRY_NOT_FOUND',
      message: `the entry of a module of kind ${kind} is always ${entry}: take "entry" out`,
    });
    assert.deepEqual(applyParameterNames(given, {}, entry), given.exports);
    assert.throws(() => applyParameterNames(given, { params: { f: [] } }, entry), {
      code: 'INVALID_CONFIG',
      message: `params: a module of kind ${kind} takes the whole request and has no parameters`,
    });
  }
});

test('names the parameters of exports of interfaces by any of their names', () => {
  const given = component({ ...typed('a:b/c@0.1.0#run'), params: [{ name: 'n', type: 'u8' }] });
  const [named] = applyParameterNames(given, { params: { 'c/run': ['x'] } }, 'a:b/c@0.1.0#run');
  assert.equal(named?.params[0]?.name, 'x');
  assert.throws(() => applyParameterNames(given, { params: { run: ['x'], 'c/run': ['y'] } }, ''), {
    code: 'INVALID_CONFIG',
    message: 'params: a:b/c@0.1.0#run is named twice',
  });
  const two = component(typed('a:b/c#run'), typed('a:b/d#run'));
  assert.throws(() => applyParameterNames(two, { params: { run: [] } }, ''), {
    code: 'INVALID_CONFIG',
    message: 'params: several exports can be meant by "run"',
  });
});

test('names the parameters of the entry from an array', () => {
  const named = applyParameterNames(analysis(signature('a', 2), signature('b', 2)), { params: ['x', 'y'] }, 'a');
  assert.deepEqual(named.map(formatSignature), ['a(x: i32, y: i32) -> i32', 'b(p0: i32, p1: i32) -> i32']);
});

test('names the parameters of several exports from an object', () => {
  const params = JSON.parse('{"a": ["x"], "__proto__": ["y"]}') as Record<string, string[]>;
  const named = applyParameterNames(analysis(signature('a', 1), signature('__proto__', 1), signature('c', 1)), { params }, 'a');
  assert.deepEqual(named.map(formatSignature), ['a(x: i32) -> i32', '__proto__(y: i32) -> i32', 'c(p0: i32) -> i32']);
});

test('leaves the names of the module where the configuration says nothing', () => {
  const given = analysis(signature('a', 1));
  assert.deepEqual(applyParameterNames(given, {}, 'a'), given.exports);
});

test('does not change the analysis', () => {
  const given = analysis(signature('a', 1));
  applyParameterNames(given, { params: ['x'] }, 'a');
  assert.equal(given.exports[0]?.params[0]?.name, 'p0');
});

test('refuses names that do not fit', () => {
  const given = analysis(signature('a', 2));
  const refusal = (params: string[] | Record<string, string[]>, message: string): void =>
    assert.throws(() => applyParameterNames(given, { params }, 'a'), { code: 'INVALID_CONFIG', message });
  refusal(['x'], 'params: a(p0: i32, p1: i32) -> i32 has 2 parameters, 1 names are given');
  refusal(['x', 'x'], 'params: "x" is given twice for a(p0: i32, p1: i32) -> i32');
  refusal({ b: [] }, 'params: the module exports no function "b"');
});

test('formats signatures', () => {
  assert.equal(
    formatSignature({ name: 'fib', params: [{ name: 'n', type: 'i32' }], results: ['i32'], callable: true }),
    'fib(n: i32) -> i32',
  );
  assert.equal(formatSignature({ name: 'two', params: [], results: ['i32', 'f64'], callable: true }), 'two() -> (i32, f64)');
  assert.equal(formatSignature({ name: 'none', params: [], results: [], callable: true }), 'none()');
  assert.equal(formatSignature({ name: 'a\nb', params: [], results: [], callable: true }), '"a\\nb"()');
});
