/** The code of a bundle: this project's own, as JavaScript that any Node runs, and only what the entries need. */
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryPath, moduleSources, ourImports } from '../shared/sandbox/program.ts';

/** Imports of anything but files of ours and modules of Node: bundles bring no packages. */
const packages = /^(?:import|export|\}).*? from '(?!\.|node:)([^']+)';$/m;

/**
 * @param entries relative to the project's root
 * @returns texts by path: those of the files, `.mjs` for `.ts`
 * @throws Error when one of them imports a package
 */
export function programFiles(entries: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [url, source] of entries.flatMap((entry) => [...moduleSources(entry)])) {
    const path = relative(entryPath(''), fileURLToPath(url)).replaceAll(sep, '/');
    const [, name] = packages.exec(source) ?? [];
    if (name !== undefined) throw new Error(`${path} imports the package ${name}, which no bundle has`);
    files.set(asModule(path), source.replaceAll(ourImports, asModule));
  }
  return files;
}

function asModule(text: string): string {
  return text.replace(/\.ts('?)$/, '.mjs$1');
}
