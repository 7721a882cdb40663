/** The cases of test/conformance as the suite sees them: a module, what it is published with, and what must come of it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { componentFromWat } from './components.ts';
import { checkCalls, type ExpectedCall, readJson } from './expected-calls.ts';
import { tarOf } from './tar.ts';

const root = join(import.meta.dirname, '../conformance');

/** The folder of a case: one file `module.*` or `component.wat`, and this as case.json. */
export interface ConformanceCase {
  /** Of the folder, and of the function. */
  readonly name: string;
  /** Path of the module. */
  readonly module: string;
  /** What has to hold, in a sentence. */
  readonly fact: string;
  readonly config?: object;
  /** Contents by path; what begins with `-> ` is the target of a link. */
  readonly assets?: Readonly<Record<string, string>>;
  /** Members of the answer to the publish: `kind`, `needs`, `entry` ... */
  readonly published?: Readonly<Record<string, unknown>>;
  readonly calls?: readonly ExpectedCall[];
  /** Members of the problem that answers the publish instead. */
  readonly refused?: Readonly<Record<string, unknown>>;
}

const members = new Set(['fact', 'config', 'assets', 'published', 'calls', 'refused']);

/** @returns every folder with a case.json, by name */
export function readCases(): ConformanceCase[] {
  return globSync('*/case.json', { cwd: root }).toSorted().map(readCase);
}

function readCase(file: string): ConformanceCase {
  const folder = join(root, dirname(file));
  const said = readJson(join(root, file)) as Omit<ConformanceCase, 'name' | 'module'>;
  const [module = '', ...more] = globSync(['module.*', 'component.wat'], { cwd: folder });
  assert.ok(module !== '' && more.length === 0, `${folder} has not exactly one module`);
  const unknown = Object.keys(said).filter((member) => !members.has(member));
  assert.deepEqual(unknown, [], file);
  assert.ok(
    (said.refused === undefined) === (said.published !== undefined && said.calls !== undefined),
    `${file}: published and called, or refused`,
  );
  if (said.calls !== undefined) checkCalls(said.calls, file);
  return { name: basename(folder), module: join(folder, module), ...said };
}

/** @returns the module as it is uploaded: text (`.wat`) assembled, everything else as it is */
export async function moduleOf({ module }: ConformanceCase): Promise<Uint8Array> {
  return module.endsWith('.wat') ? componentFromWat(readFileSync(module, 'utf8')) : readFileSync(module);
}

export function assetsOf({ assets }: ConformanceCase): Uint8Array | undefined {
  if (assets === undefined) return undefined;
  return tarOf(
    ...Object.entries(assets).map(([name, contents]) =>
      contents.startsWith('-> ') ? { name, type: '2', target: contents.slice(3) } : { name, contents },
    ),
  );
}
