/** Publishes and calls every example as its expected.json says. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import type { FunctionConfig } from '../../../contracts/function.ts';
import type { Deployment } from '../../support/deployment.ts';
import { deploy, invoke } from '../../support/functions.ts';

const examples = join(import.meta.dirname, '..', '..', '..', 'examples');

/** One call and its answer; without `answer` only the status is checked. */
interface Expectation {
  readonly export?: string;
  readonly query: string;
  readonly status?: number;
  readonly answer?: unknown;
}

export function examplesSuite(deployment: () => Deployment): void {
  describe('examples', () => {
    const folders = globSync('*/expected.json', { cwd: examples }).map((file) => dirname(file));

    test('are there', () => assert.ok(folders.length >= 2, String(folders)));

    for (const folder of folders) {
      test(`${folder} answers as its expected.json says`, async () => {
        const { url } = deployment();
        const [file = ''] = globSync('*.wasm', { cwd: join(examples, folder) });
        const configFile = join(examples, folder, 'config.json');
        const name = `example-${basename(folder)}`;
        await deploy(
          url,
          name,
          readFileSync(join(examples, folder, file)),
          existsSync(configFile) ? (readJson(configFile) as FunctionConfig) : undefined,
        );
        for (const { export: exportName, query, status = 200, answer } of readJson(
          join(examples, folder, 'expected.json'),
        ) as Expectation[]) {
          const path = `${name}${exportName === undefined ? '' : `/${exportName}`}?${query}`;
          const got = await invoke(url, path);
          assert.equal(got.status, status, `${path}: ${got.text}`);
          assert.deepEqual(got.json, answer, path);
        }
      });
    }
  });
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
