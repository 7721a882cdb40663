/** Writes the documents that are derived from code: `npm run docs`; with --check it only says which ones are stale and exits 1. */
import { readFile, writeFile } from 'node:fs/promises';
import { renderBenchmarks } from './render-benchmarks.ts';
import { renderConfiguration } from './render-configuration.ts';
import { renderErrors } from './render-errors.ts';
import { renderMetrics } from './render-metrics.ts';
import { renderOpenApi } from './render-openapi.ts';

interface GeneratedDocument {
  /** In this folder. */
  readonly file: string;
  readonly render: () => string | Promise<string>;
}

const documents: readonly GeneratedDocument[] = [
  { file: 'benchmarks.md', render: renderBenchmarks },
  { file: 'configuration.md', render: renderConfiguration },
  { file: 'errors.md', render: renderErrors },
  { file: 'metrics.md', render: renderMetrics },
  { file: 'openapi.json', render: renderOpenApi },
];

const check = process.argv.includes('--check');
for (const { file, render } of documents) {
  const url = new URL(file, import.meta.url);
  const content = await render();
  const current = await readFile(url, 'utf8').catch(() => undefined);
  if (current === content) console.log(`docs/${file} is up to date`);
  else if (check) {
    console.error(`docs/${file} is stale: run "npm run docs" and commit it`);
    process.exitCode = 1;
  } else {
    await writeFile(url, content);
    console.log(`docs/${file} written`);
  }
}
