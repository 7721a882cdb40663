/** Metrics, their names and their documents agree. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { metricTables, renderMetrics } from '../../docs/render-metrics.ts';
import { describeMetrics } from '../../shared/metrics/read-metric.ts';
import { root } from './sources.ts';

const tables = metricTables().map(({ title, registry }) => ({ title, metrics: describeMetrics(registry) }));
const metrics = tables.flatMap((table) => table.metrics);
const ours = tables.filter(({ title }) => title !== 'Gateway, as OpenFaaS').flatMap((table) => table.metrics);

test('docs/metrics.md is what the code registers', () => {
  assert.equal(readFileSync(join(root, 'docs/metrics.md'), 'utf8'), renderMetrics());
});

test('every name is bantam_<area>_<thing>; counters end in _total, and nothing else does', () => {
  const wrong = ours.filter(({ name, type }) => !/^bantam_[a-z]+_[a-z_]+$/.test(name) || name.endsWith('_total') !== (type === 'counter'));
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
});

test('no name is given twice, so that one process can have all of them', () => {
  const names = metrics.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

test('every metric says in a sentence what it counts', () => {
  assert.deepEqual(
    metrics.filter(({ help }) => !/^[A-Z1].*\.$/.test(help)).map(({ name }) => name),
    [],
  );
});

test('every metric that documents and dashboards name is one', () => {
  const known = new Set(
    metrics.flatMap(({ name, type }) => (type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
  );
  const files = globSync(['*.md', 'docs/**/*.md', 'ops/**/*'], { cwd: root, exclude: ['**/node_modules'], withFileTypes: true });
  const unknown = files
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      // Names with a colon are those of recording rules.
      return [...text.matchAll(/(?<![:\w])bantam_[a-z_]+[a-z](?![:\w])/g)].map(([name]) => name).filter((name) => !known.has(name));
    });
  assert.deepEqual(unknown, []);
});
