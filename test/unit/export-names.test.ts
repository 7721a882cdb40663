/** By which names an export is found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExport } from '../../contracts/export-names.ts';
import type { ExportSignature } from '../../contracts/function.ts';

const typed = (name: string): ExportSignature => ({ name, params: [], results: [], callable: true, wit: { params: [] } });
const core = (name: string): ExportSignature => ({ name, params: [], results: [], callable: true });

function found(exports: readonly ExportSignature[], name: string): string | undefined {
  const signature = findExport(exports, name);
  return signature === 'ambiguous' ? signature : signature?.name;
}

test('an export of an interface is found by every shorter name that is its alone', () => {
  const name = 'docs:adder/add@0.1.0#sum-up';
  const exports = [typed(name)];
  for (const alias of [
    name,
    'docs:adder/add#sum-up',
    'docs:adder/add@0.1.0/sum-up',
    'docs:adder/add/sum-up',
    'add#sum-up',
    'add/sum-up',
    'sum-up',
  ])
    assert.equal(found(exports, alias), name, alias);
  for (const other of ['', 'sum', 'add', 'adder/add/sum-up', 'add@0.1.0/sum-up', '#sum-up', '__proto__', 'constructor'])
    assert.equal(found(exports, other), undefined, other);
});

test('a name that fits several exports equally well is ambiguous, one that fits better wins', () => {
  const exports = [typed('a:p/one@1.0.0#run'), typed('a:p/two@1.0.0#run'), typed('b:p/two@1.0.0#walk'), typed('walk')];
  assert.equal(found(exports, 'run'), 'ambiguous');
  assert.equal(found(exports, 'two/run'), 'a:p/two@1.0.0#run');
  assert.equal(found(exports, 'walk'), 'walk');
  assert.equal(found(exports, 'two/walk'), 'b:p/two@1.0.0#walk');
});

test('two versions of an interface have to be told apart', () => {
  const exports = [typed('a:p/one@1.0.0#run'), typed('a:p/one@2.0.0#run')];
  assert.equal(found(exports, 'a:p/one/run'), 'ambiguous');
  assert.equal(found(exports, 'a:p/one@2.0.0/run'), 'a:p/one@2.0.0#run');
});

test('an interface without package is found by its name', () => {
  const exports = [typed('calc#add')];
  for (const alias of ['calc#add', 'calc/add', 'add']) assert.equal(found(exports, alias), 'calc#add');
});

test('exports of core modules have one name', () => {
  const exports = [core('a#b'), core('__proto__')];
  assert.equal(found(exports, 'a#b'), 'a#b');
  assert.equal(found(exports, 'b'), undefined);
  assert.equal(found(exports, '__proto__'), '__proto__');
  assert.equal(found(exports, 'constructor'), undefined);
});
