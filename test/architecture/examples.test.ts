/** Every example is whole, and its module is the one that its sources give: no compiler is needed to say so. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { type BuildRecord, sha256, sourceDigest, sourcesOf } from '../../examples/sources.ts';
import { listedKinds, readExamples } from '../support/examples.ts';
import { root } from './sources.ts';

const examples = readExamples();
const megabyte = 1_000_000;

function record(folder: string): BuildRecord {
  return JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as BuildRecord;
}

test('every folder below examples/ is an example', () => {
  const folders = globSync('*/', { cwd: join(root, 'examples') }).map((path) => path.replace(/\/$/, ''));
  assert.deepEqual(
    folders.toSorted(),
    examples.map(({ name }) => name),
  );
});

for (const { name, folder, module } of examples) {
  test(`the module of ${name} is not older than its sources`, () => {
    assert.equal(
      record(folder).sources,
      sourceDigest(folder),
      `a source of examples/${name} has changed since its module was built: run examples/build.sh ${name}`,
    );
  });

  test(`the module of ${name} is the one its build made`, () => {
    assert.equal(record(folder).module, sha256(readFileSync(module)), `run examples/build.sh ${name}`);
  });

  test(`${name} has a README and one build script with what it is built from`, () => {
    assert.ok(existsSync(join(folder, 'README.md')));
    assert.ok((statSync(join(folder, 'build.sh')).mode & 0o100) !== 0, 'build.sh cannot be run');
    assert.ok(sourcesOf(folder).length >= 2, String(sourcesOf(folder)));
  });

  test(`the module of ${name} names no folder of the machine that built it`, () => {
    const found = readFileSync(module, 'latin1').match(/\/(?:root|tmp|work|Users)\/[\w.@/-]+/g) ?? [];
    assert.deepEqual([...new Set(found)], []);
  });
}

test('the modules are small: 3 MB each, 12 MB together', () => {
  const sizes = examples.map(({ module }) => statSync(module).size);
  assert.ok(Math.max(...sizes) < 3 * megabyte, String(sizes));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 12 * megabyte, String(sizes));
});

test('examples/README.md lists every example, and no other', () => {
  assert.deepEqual(
    [...listedKinds().keys()].toSorted(),
    examples.map(({ name }) => name),
  );
});
