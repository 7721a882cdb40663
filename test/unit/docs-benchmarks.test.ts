/** Results of record become docs/benchmarks.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord } from '../../bench/record.ts';
import { benchmarkTexts } from '../../docs/benchmark-texts.ts';
import { escapeMarkdown } from '../../docs/markdown.ts';
import { benchmarksPage } from '../../docs/render-benchmarks.ts';

const texts = [
  { name: 'sums', title: 'Sums', text: 'What a sum costs.' },
  { name: 'products', title: 'Products', text: 'What a product costs.' },
];

const result: RunRecord = {
  benchmark: 'sums',
  quick: false,
  machine: { cpu: 'A_B', cores: 2, memoryBytes: 1, system: 'Linux', node: '26.10.0', v8: '14', loadAverage: 0.25 },
  date: '2026-01-01T00:00:00.000Z',
  loadGenerator: 'wrk',
  tables: [
    {
      title: 'all',
      columns: [
        { name: 'path', unit: 'text' },
        { name: 'p|50', unit: 'us' },
      ],
      rows: [
        ['a|b', 1_234],
        ['*c*', null],
      ],
    },
    { title: 'nothing measured', columns: [{ name: 'path', unit: 'text' }], rows: [] },
  ],
  comparisons: [
    { title: 'a / b', of: 'p50', ratio: { median: 2, lowest: 1, highest: 3 }, better: 'lower', goal: { atMost: 1 } },
    { title: 'a / c', of: 'p50', ratio: { median: 0.5, lowest: 0.5, highest: 0.5 }, better: 'lower', goal: { atMost: 1 } },
    { title: 'a / d', of: 'p50', ratio: { median: 4, lowest: 4, highest: 4 }, better: 'lower' },
  ],
  missing: [{ path: 'd', kind: 'absent', reason: 'not on the <PATH>\n    at line 1' }],
};

const page = (changes: Partial<RunRecord> = {}): string => benchmarksPage(texts, new Map([['sums', { ...result, ...changes }]]));

test('a section says what was measured, by which command, when, and on which machine', () => {
  const text = page();
  assert.match(text, /## Sums\n\nWhat a sum costs\.\n\n`npm run bench -- sums`, 2026-01-01T00:00:00\.000Z, on A\\_B, 2 cores/);
  assert.match(text, /load average 0\.25, Node 26\.10\.0, V8 14, load from wrk\./);
  assert.doesNotMatch(text, /quick|A part/);
});

test('cells are escaped, and a figure that was not measured is a dash', () => {
  assert.ok(page().includes('### all\n\n| path | p\\|50 |\n| --- | --- |\n| a\\|b | 1.23 ms |\n| \\*c\\* | – |\n'));
});

test('a table without rows is left out', () => {
  assert.doesNotMatch(page(), /nothing measured/);
});

test('comparisons have their spread, and a missed goal stands out', () => {
  const text = page();
  assert.ok(text.includes('| a / b | p50 | lower | 2.00 | 1.00 to 3.00 | **\\<= 1 missed** |'));
  assert.ok(text.includes('| a / c | p50 | lower | 0.50 | 0.50 to 0.50 | \\<= 1 reached |'));
  assert.ok(text.includes('| a / d | p50 | lower | 4.00 | 4.00 to 4.00 |  |'));
});

test('goals of all benchmarks come first, those that are missed counted', () => {
  const [before = ''] = page().split('## Sums');
  assert.match(before, /of 2 goals, 1 are reached and 1 missed/);
  assert.ok(before.includes('| sums | a / b | p50 | lower | 2.00 | 1.00 to 3.00 | **\\<= 1 missed** |'));
  assert.ok(!before.includes('a / d'));
});

test('what was not measured is named, with the first line of why', () => {
  assert.ok(page().includes('| d | absent | not on the \\<PATH> |\n'));
  assert.doesNotMatch(page({ missing: [] }), /### Not measured/);
});

test('a quick or partial run says so', () => {
  assert.match(page({ quick: true }), /sums --quick`[^]*\*\*A quick run\*\*/);
  assert.match(page({ only: ['a', 'b'] }), /sums --only a,b`[^]*\*\*A part\*\*/);
});

test('a benchmark without a result is named as not measured, and one with a result is not', () => {
  assert.match(page(), /Not measured yet: `products`\./);
  const both = benchmarksPage(
    texts,
    new Map([
      ['sums', result],
      ['products', result],
    ]),
  );
  assert.doesNotMatch(both, /Not measured yet/);
  assert.doesNotMatch(benchmarksPage(texts, new Map()), /## Goals|## Sums/);
});

test('every benchmark of the page is told apart, and the ones of the research name their source', () => {
  assert.deepEqual(
    benchmarkTexts.map(({ name }) => name),
    ['engines', 'platforms', 'overhead', 'kinds', 'async'],
  );
  for (const { text } of benchmarkTexts.slice(0, 2)) assert.match(text, /10\.1007\/978-3-030-58858-8_15/);
});

test('escaped text is one line without markup', () => {
  assert.equal(escapeMarkdown('a\n <b> [c] `d` *e* f_g \\h'), 'a \\<b> \\[c\\] \\`d\\` \\*e\\* f\\_g \\\\h');
});
