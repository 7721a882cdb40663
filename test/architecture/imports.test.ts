/** Who may import whom: the table of docs/architecture.md, enforced. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { architecture, documentedFolders, productSources, readSources, root, topFolder } from './sources.ts';

/** What a folder may import besides itself: folders or files of ours, and the packages of a folder in `closed`. The longest matching row counts. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: ['typebox'],
  wasm: [],
  shared: ['contracts'],
  queue: ['contracts', 'shared'],
  registry: ['contracts', 'shared'],
  component: ['contracts/wit', 'wasm'],
  wasi: [],
  executor: ['contracts', 'wasm', 'component', 'wasi'],
  inspector: ['contracts', 'wasm', 'component', 'wasi', '@bytecodealliance/jco-transpile'],
  worker: ['contracts', 'shared', 'queue', 'registry', 'executor/protocol', 'executor/framing', 'wasm', 'component'],
  gateway: ['contracts', 'shared', 'queue', 'registry', 'inspector/wire'],
  'gateway/embedded': ['contracts', 'shared', 'queue', 'registry', 'gateway', 'worker'],
  export: ['contracts', 'shared', 'worker/artifacts/derive', 'gateway/publish/assets/read', 'export/runtime'],
  'export/runtime': ['contracts', 'executor', 'worker/pool/wire', 'worker/pool/call', 'worker/artifacts/derive', 'gateway/invoke'],
  cli: ['contracts'],
  console: [],
};
/** Folders that import no package but those in their row. */
const closed = new Set(['contracts', 'wasm', 'component', 'wasi', 'executor', 'inspector']);

const sources = productSources(readSources());

test('the table in docs/architecture.md is the one enforced here', () => {
  const block = architecture().split('Who may import whom')[1]?.split('\n\n')[1] ?? '';
  const documented = [...block.matchAll(/([a-z/]+) +-> +(\S.*?)(?= {2,}|\n|$)/g)].map((match) => `${match[1]} -> ${match[2]}`);
  const enforced = Object.entries(mayImport).map(
    ([folder, names]) => `${folder} -> ${names.length === 0 ? 'nothing of ours' : names.join(', ')}`,
  );
  assert.deepEqual(documented.toSorted(), enforced.toSorted());
});

test('every folder is named in docs/architecture.md', () => {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const unnamed = folders.map(({ name }) => name).filter((name) => name !== 'node_modules' && !documentedFolders().includes(name));
  assert.deepEqual(unnamed, []);
});

test('every file with code is in a folder of the table', () => {
  assert.ok(sources.length > 0);
  assert.deepEqual(
    sources.filter(({ path }) => rowOf(path) === undefined).map(({ path }) => path),
    [],
  );
});

test('a folder imports only what the table allows', () => {
  const forbidden = sources.flatMap(({ path, imports }) =>
    imports.filter((target) => isOurs(target) && !isAllowed(path, target)).map((target) => `${path} -> ${target}`),
  );
  assert.deepEqual(forbidden, []);
});

test('packages are dependencies, and leaf folders import none but those of the table', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const forbidden = sources.flatMap(({ path, imports }) => {
    const allowed = closed.has(topFolder(path)) ? (mayImport[topFolder(path)] ?? []) : Object.keys(dependencies);
    return imports
      .filter((target) => !isOurs(target) && !target.startsWith('node:') && !allowed.includes(target))
      .map((target) => `${path} -> ${target}`);
  });
  assert.deepEqual(forbidden, []);
});

test('no file imports itself by way of others', () => {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports.filter(isOurs)]));
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    else if (!done.has(path)) {
      for (const target of importsOf.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    }
  };
  for (const path of importsOf.keys()) visit(path, []);
  assert.deepEqual(cycles, []);
});

function isOurs(target: string): boolean {
  return target.endsWith('.ts');
}

function rowOf(path: string): string | undefined {
  return Object.keys(mayImport)
    .filter((folder) => isWithin(path, folder))
    .toSorted((a, b) => b.length - a.length)[0];
}

function isAllowed(path: string, target: string): boolean {
  const row = rowOf(path);
  if (row === undefined || row === rowOf(target)) return true;
  // A row of its own means that others have to name it: gateway/ does not get worker/ through gateway/embedded/.
  return (mayImport[row] ?? []).some((name) => isWithin(target, name) && rowOf(target) === rowOf(`${name}/`));
}

/** @param name a folder, or a file without .ts */
function isWithin(path: string, name: string): boolean {
  return path === `${name}.ts` || path.startsWith(`${name}/`);
}
