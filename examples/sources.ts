/** What an example was built from: the digest that build.json keeps and a test compares. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `build.json` of an example: written by its build, never by hand. */
export interface BuildRecord {
  /** `sourceDigest` at the time of the build. */
  readonly sources: string;
  /** sha256 of the module, lower-case hex. */
  readonly module: string;
  /** What the tools said of their versions. */
  readonly tools: readonly string[];
  /** As 2026-01-31. */
  readonly builtOn: string;
}

/** Files of an example that its module does not depend on. */
const notSources = /^(README\.md|build\.json|expected\.json|config\.json|assets(\/.*)?|.*\.wasm)$/;

/** @returns paths of the files that the module of an example is built from, relative to its folder, sorted */
export function sourcesOf(folder: string): string[] {
  return globSync('**', { cwd: folder })
    .filter((path) => !notSources.test(path) && statSync(join(folder, path)).isFile())
    .toSorted();
}

/** @returns sha256 over paths and contents of all sources, lower-case hex */
export function sourceDigest(folder: string): string {
  const lines = sourcesOf(folder).map((path) => `${sha256(readFileSync(join(folder, path)))} ${path}\n`);
  return sha256(lines.join(''));
}

/** @returns lower-case hex */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
