/** The table of signatures is that of the official WIT, and the host implements it whole. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { flattenComponent } from '../../../component/flatten.ts';
import { importedFunctions } from '../../../component/signature-text.ts';
import { wasiHost } from '../../../executor/host/wasi/table.ts';
import { wasiInterfaces } from '../../../wasi/interfaces.ts';
import { componentFromWit } from '../../support/components.ts';

const wit = readFileSync(join(import.meta.dirname, '../../fixtures/wit/wasi-0.2.wit'), 'utf8');

function namesOf(interfaces: Iterable<readonly [iface: string, functions: Iterable<string>]>): string[] {
  return Array.from(interfaces, ([iface, functions]) => Array.from(functions, (name) => `${iface}#${name}`))
    .flat()
    .toSorted();
}

describe('the interfaces of WASI 0.2', () => {
  const official = new Map<string, string>();

  before(async () => {
    const component = await componentFromWit(wit, 'all');
    for (const { iface, name, text } of importedFunctions(flattenComponent(component))) official.set(`${iface}#${name}`, text);
  });

  test('have exactly the functions and types of the official WIT', () => {
    const ours = new Map<string, string>();
    for (const [iface, functions] of wasiInterfaces) for (const [name, text] of functions) ours.set(`${iface}#${name}`, text);
    assert.ok(official.size > 150);
    assert.deepEqual(ours, official);
  });

  test('include those that have resources only', () => {
    const withoutFunctions = [...wasiInterfaces].filter(([, functions]) => functions.size === 0).map(([iface]) => iface);
    assert.deepEqual(withoutFunctions, ['wasi:cli/terminal-input', 'wasi:cli/terminal-output']);
  });
});

describe('the WASI 0.2 host', () => {
  test('implements every function of the interfaces, and no other', () => {
    const implemented = [...wasiHost].map(([iface, { functions }]) => [iface, functions.keys()] as const);
    const listed = [...wasiInterfaces].map(([iface, functions]) => [iface, functions.keys()] as const);
    assert.deepEqual(namesOf(implemented), namesOf(listed));
    assert.deepEqual([...wasiHost.keys()].toSorted(), [...wasiInterfaces.keys()].toSorted());
  });

  test('has drops only for resources that the interfaces name', () => {
    const texts = Array.from(wasiInterfaces.values(), (functions) => Array.from(functions.values()).join(' ')).join(' ');
    for (const [iface, { drops }] of wasiHost) {
      for (const name of drops.keys()) assert.ok(texts.includes(`<${iface}.${name}>`), `${iface} ${name}`);
    }
  });
});
