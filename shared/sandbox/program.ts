/**
 * Loads a program for locked processes once, at the server's start: its modules with their types stripped, ready to be sent to each process.
 * Node would strip them anew in every process, which takes longer than all the rest of its start (docs/decisions/0007).
 */
import { readFileSync, realpathSync } from 'node:fs';
import { findPackageJSON, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const boot = join(import.meta.dirname, 'boot', 'main.ts');
/** Of what is left without types, all imports of our own files. */
export const ourImports = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

export interface Program {
  /** Absolute path of the entry file. */
  readonly entry: string;
  /** V8 and node options. */
  readonly flags: readonly string[];
  /** Text of the first module, which takes the others. */
  readonly boot: string;
  /** What the process gets on standard input: JSON of [URL, JavaScript] pairs, the entry and all that it imports. */
  readonly modules: Buffer;
  /** Folders that it may read. */
  readonly readable: readonly string[];
}

interface ProgramOptions {
  /** Relative to the project's root. */
  readonly entry: string;
  readonly flags: readonly string[];
  /** Packages it may read, each found from the one before it: the first is a dependency of ours, the next one of that, and so on. */
  readonly packages?: readonly string[];
}

/** @returns the absolute path of an entry file */
export function entryPath(entry: string): string {
  return join(root, entry);
}

/** @throws Error when a file or a package is not there */
export function loadProgram({ entry, flags, packages = [] }: ProgramOptions): Program {
  return {
    entry: entryPath(entry),
    flags,
    boot: strip(boot),
    modules: Buffer.from(JSON.stringify([...moduleSources(entry)])),
    readable: [...packageFolders(packages)],
  };
}

/**
 * @param entry relative to the project's root
 * @returns JavaScript by URL: the entry and all that it imports of ours
 * @throws Error when a file is not there
 */
export function moduleSources(entry: string): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  const add = (url: string): void => {
    if (modules.has(url)) return;
    const source = strip(fileURLToPath(url));
    modules.set(url, source);
    for (const [, specifier] of source.matchAll(ourImports)) add(new URL(specifier ?? '', url).href);
  };
  add(pathToFileURL(entryPath(entry)).href);
  return modules;
}

/** Blanks take the place of the types, so that lines and columns in stack traces stay true. */
function strip(path: string): string {
  // The function warns that it is experimental, which is nothing an operator can act on. Nothing else runs meanwhile.
  const warn: unknown = Reflect.get(process, 'emitWarning');
  Reflect.set(process, 'emitWarning', () => {});
  try {
    return stripTypeScriptTypes(readFileSync(path, 'utf8'), { mode: 'strip' });
  } finally {
    Reflect.set(process, 'emitWarning', warn);
  }
}

/** @returns where node looks for these packages and, behind symbolic links, where they are */
function packageFolders(packages: readonly string[]): Set<string> {
  const folders = new Set<string>();
  let from = join(root, 'package.json');
  for (const name of packages) {
    const found = findPackageJSON(name, pathToFileURL(from));
    if (found === undefined) throw new Error(`the package ${name} is not installed`);
    from = realpathSync(found);
    folders.add(dirname(found)).add(dirname(from));
  }
  return folders;
}
