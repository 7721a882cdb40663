/** The examples as tests see them: module, configuration, files, and what it answers to which call. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkCalls, type ExpectedCall, readJson } from './expected-calls.ts';
import { tarOf } from './tar.ts';

const root = join(import.meta.dirname, '../../examples');

export interface Example {
  /** Name of its folder. */
  readonly name: string;
  readonly folder: string;
  /** Path of the module. Functions are named like its file: the README does so. */
  readonly module: string;
  readonly functionName: string;
  /** The kind that examples/README.md says it has. */
  readonly kind: string;
  readonly config: unknown;
  readonly calls: readonly ExpectedCall[];
}

/** @returns by name of the example, the kind in the table of examples/README.md */
export function listedKinds(): ReadonlyMap<string, string> {
  const rows = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^\| \[([\w-]+)\]\(\1\) \| [^|]+ \| ([\w-]+) \|/gm);
  return new Map(Array.from(rows, ([, name = '', kind = '']) => [name, kind]));
}

/** @returns every folder with an expected.json, by name */
export function readExamples(): Example[] {
  const kinds = listedKinds();
  return globSync('*/expected.json', { cwd: root })
    .toSorted()
    .map((file) => {
      const folder = join(root, dirname(file));
      const [module = '', ...more] = globSync('*.wasm', { cwd: folder });
      assert.ok(module !== '' && more.length === 0, `${folder} has not exactly one module`);
      const config = join(folder, 'config.json');
      return {
        name: basename(folder),
        folder,
        module: join(folder, module),
        functionName: basename(module, '.wasm'),
        kind: kinds.get(basename(folder)) ?? '',
        config: existsSync(config) ? readJson(config) : undefined,
        calls: readCalls(join(folder, 'expected.json')),
      };
    });
}

function readCalls(file: string): ExpectedCall[] {
  const calls = readJson(file) as ExpectedCall[];
  checkCalls(calls, file);
  return calls;
}

/** @returns the files of `assets/` as `tar -C assets .` packs them; undefined when there is no such folder */
export function assetsOf({ folder }: Example): Uint8Array | undefined {
  const assets = join(folder, 'assets');
  if (!existsSync(assets)) return undefined;
  const parts = globSync('**', { cwd: assets })
    .toSorted()
    .filter((path) => path !== '.')
    .map((name) => {
      const source = join(assets, name);
      return statSync(source).isDirectory() ? { name: `${name}/`, type: '5' } : { name, contents: readFileSync(source) };
    });
  return tarOf(...parts);
}
