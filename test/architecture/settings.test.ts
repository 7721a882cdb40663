/** Settings, their documents and the code agree. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isIdentifier, isStringLiteral } from 'typescript/unstable/ast';
import { allSettings } from '../../shared/settings.ts';
import { productSources, readSources, root } from './sources.ts';

const names = Object.keys(allSettings);
const documents = globSync(['*.{md,yml}', 'Dockerfile', '.ci/*', 'package.json', 'docs/**/*.md', 'ops/**/*', 'bench/**/*.{ts,md}'], {
  cwd: root,
  exclude: ['**/node_modules'],
  withFileTypes: true,
})
  .filter((entry) => entry.isFile())
  .map((entry) => ({ path: join(entry.parentPath, entry.name), text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }));
const sources = productSources(readSources());

test('every BANTAM_* name in documents, deployment files and code is a setting', () => {
  const unknown = [...documents, ...sources].flatMap(({ path, text }) =>
    [...text.matchAll(/\bBANTAM_[A-Z][A-Z_]*[A-Z]\b/g)].filter(([name]) => !names.includes(name)).map(([name]) => `${path} ${name}`),
  );
  assert.deepEqual(unknown, []);
});

test('every setting is in docs/configuration.md', () => {
  const page = documents.find(({ path }) => path.endsWith('docs/configuration.md'))?.text ?? '';
  assert.deepEqual(
    names.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});

test('every setting is read by some process', () => {
  const read = new Set(
    sources
      .filter(
        ({ path }) =>
          ![
            'shared/settings.ts',
            'shared/async-settings.ts',
            'shared/access-settings.ts',
            'shared/metrics-settings.ts',
            'shared/secret-settings.ts',
          ].includes(path),
      )
      .flatMap(({ nodes }) => nodes.filter((node) => isIdentifier(node) || isStringLiteral(node)).map(({ text }) => text)),
  );
  assert.deepEqual(
    names.filter((name) => !read.has(name)),
    [],
  );
});
