import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { probeLocks } from '../../shared/sandbox/locks.ts';
import { entryPath, loadProgram, type Program } from '../../shared/sandbox/program.ts';
import { spawnLocked } from '../../shared/sandbox/spawn.ts';

const root = entryPath('.');

/** @returns what the program wrote on its wire */
async function run(program: Program): Promise<string> {
  const { child, wire, lastWords } = spawnLocked(program, await probeLocks(entryPath('package.json')), 3_200);
  let text = '';
  wire.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text === '' ? lastWords() : text;
}

async function folderWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test('runs a program of several typed modules that its process could not read', async (t) => {
  const folder = await folderWith(t, {
    'main.ts': `import { writeSync } from 'node:fs';\nimport type { Never } from './missing.ts';\nimport { twice } from './twice.ts';\nwriteSync(3, String(twice(21 as Never)));\n`,
    'twice.ts': 'export const twice = (n: number): number => 2 * n;\n',
  });
  assert.equal(await run(loadProgram({ entry: relative(root, join(folder, 'main.ts')), flags: [] })), '42');
});

test('a locked process reads no file, its own neither', async (t) => {
  const folder = await folderWith(t, {
    'main.ts': `import { readFileSync, writeSync } from 'node:fs';\ntry {\n  readFileSync(new URL(import.meta.url));\n} catch (error) {\n  writeSync(3, (error as { code: string }).code);\n}\n`,
  });
  assert.equal(await run(loadProgram({ entry: relative(root, join(folder, 'main.ts')), flags: [] })), 'ERR_ACCESS_DENIED');
});

test('stack traces name the file, line and column of the source', async (t) => {
  const folder = await folderWith(t, {
    'main.ts': `interface Wide {\n  readonly width: number;\n}\nconst fail = (wide: Wide): never => { throw new Error(String(wide.width)); };\nfail({ width: 7 });\n`,
  });
  const words = await run(loadProgram({ entry: relative(root, join(folder, 'main.ts')), flags: [] }));
  assert.match(words, /Error: 7\n +at fail \(file:\S+\/main\.ts:4:45\)\n +at file:\S+\/main\.ts:5:1/);
});

test('a program stays what it was when its files change', async (t) => {
  const folder = await folderWith(t, { 'main.ts': `import { writeSync } from 'node:fs';\nwriteSync(3, 'old');\n` });
  const entry = relative(root, join(folder, 'main.ts'));
  const loaded = loadProgram({ entry, flags: [] });
  await writeFile(join(folder, 'main.ts'), `import { writeSync } from 'node:fs';\nwriteSync(3, 'new');\n`);
  assert.equal(await run(loaded), 'old');
  assert.equal(await run(loadProgram({ entry, flags: [] })), 'new');
});

test('names a package that is not installed', () => {
  assert.throws(() => loadProgram({ entry: 'inspector/main.ts', flags: [], packages: ['no-such-package'] }), {
    message: /no-such-package/,
  });
});
