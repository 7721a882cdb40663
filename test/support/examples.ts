/** The examples as tests see them: module, configuration, files, and what it answers to which call. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { HttpAnswer, HttpRequest } from './http.ts';

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
  readonly calls: readonly ExampleCall[];
}

/** A row of expected.json: a request, and what is expected of the answer. */
export interface ExampleCall {
  /** What follows `/fn/{name}`: another export or a path, and the query. */
  readonly path: string;
  /** GET where nothing is said. */
  readonly method?: string;
  /** Headers of the request. */
  readonly send?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  /** 200 where nothing is said. */
  readonly status?: number;
  /** Headers of the answer, these among others. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body: exactly one of these three, or it is empty. */
  readonly answer?: unknown;
  readonly text?: string;
  /** Members of the problem, its status too. */
  readonly problem?: Readonly<Record<string, unknown>>;
}

const members = new Set(['path', 'method', 'send', 'body', 'bodyBase64', 'status', 'headers', 'answer', 'text', 'problem']);

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

function readCalls(file: string): ExampleCall[] {
  const calls = readJson(file) as ExampleCall[];
  assert.ok(calls.length > 0, `${file} expects nothing`);
  for (const call of calls) {
    const unknown = Object.keys(call).filter((key) => !members.has(key));
    const bodies = ['answer', 'text', 'problem'].filter((key) => key in call);
    assert.ok(unknown.length === 0 && bodies.length <= 1, `${file}: ${JSON.stringify(call)}`);
  }
  return calls;
}

/** @returns the files of `assets/` as `tar -C assets .` packs them; undefined when there is no such folder */
export async function assetsOf({ folder }: Example): Promise<Uint8Array | undefined> {
  const assets = join(folder, 'assets');
  if (!existsSync(assets)) return undefined;
  const archive = pack();
  for (const path of globSync('**', { cwd: assets }).toSorted()) {
    const source = join(assets, path);
    if (statSync(source).isDirectory()) archive.entry({ name: path, type: 'directory' });
    else archive.entry({ name: path }, readFileSync(source));
  }
  archive.finalize();
  return buffer(archive);
}

export function requestOf({ method, send, body, bodyBase64 }: ExampleCall): HttpRequest {
  const content = bodyBase64 === undefined ? body : Buffer.from(bodyBase64, 'base64');
  return {
    ...(method !== undefined && { method }),
    ...(send !== undefined && { headers: send }),
    ...(content !== undefined && { body: content }),
  };
}

/** Checks an answer against what a row expects. */
export function assertExpected(got: HttpAnswer, call: ExampleCall): void {
  const about = `${call.method ?? 'GET'} ${call.path}: ${got.status} ${got.text}`;
  const status = call.status ?? call.problem?.['status'] ?? 200;
  assert.equal(got.status, status, about);
  for (const [name, value] of Object.entries(call.headers ?? {})) assert.equal(got.headers[name], value, `${name} of ${about}`);
  if ('answer' in call) assert.deepEqual(got.json, call.answer, about);
  else if (call.problem !== undefined) assert.partialDeepStrictEqual(got.json, call.problem, about);
  else assert.equal(got.text, call.text ?? '', about);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
