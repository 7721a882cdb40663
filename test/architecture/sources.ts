/** The TypeScript files of the project, parsed; what the architecture tests look at. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isStringLiteral,
  SyntaxKind,
} from 'typescript/unstable/ast';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

export const root = join(import.meta.dirname, '../..');

export interface Source {
  /** Relative to the project, as `gateway/app.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: SourceFile;
  /** Every node of the tree, parents before children. */
  readonly nodes: readonly Node[];
  /** What it imports or exports from, types too: paths of ours (as `path`), names of packages, node: modules. */
  readonly imports: readonly string[];
}

/** Folders of docs/architecture.md whose files are not part of a running process. */
const otherFolders = new Set(['bench', 'docs', 'examples', 'migrations', 'ops', 'test']);

/** @returns every file that tsconfig.json includes */
export function readSources(): Source[] {
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [join(root, 'tsconfig.json')] }).getProjects()[0];
    if (project === undefined) throw new Error('tsconfig.json was not read');
    return project.rootFiles.map((file) => {
      const tree = project.program.getSourceFile(file);
      if (tree === undefined) throw new Error(`${file} was not parsed`);
      const path = relative(root, file);
      const nodes = descendants(tree);
      return { path, text: tree.text, tree, nodes, imports: nodes.flatMap((node) => importedBy(path, node)) };
    });
  } finally {
    api.close();
  }
}

/** @returns only what runs in a process of the product */
export function productSources(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => path.includes('/') && !otherFolders.has(topFolder(path)));
}

export function topFolder(path: string): string {
  return path.split('/', 1)[0] ?? path;
}

/** @returns 1-based, for messages */
export function lineOf({ text, tree }: Source, node: Node): number {
  return text.slice(0, node.getStart(tree)).split('\n').length;
}

/** @returns the folders that docs/architecture.md names, in its order */
export function documentedFolders(): string[] {
  const section = architecture()
    .split('\n## ')
    .find((text) => text.startsWith('Folders'));
  return [...(section ?? '').matchAll(/^ {4}([a-z]+)\/ /gm)].map((match) => match[1] ?? '');
}

/** @returns docs/architecture.md */
export function architecture(): string {
  return readFileSync(join(root, 'docs/architecture.md'), 'utf8');
}

function descendants(node: Node): Node[] {
  const nodes: Node[] = [];
  node.forEachChild((child) => {
    nodes.push(child, ...descendants(child));
  });
  return nodes;
}

function importedBy(path: string, node: Node): string[] {
  const specifier = specifierOf(node);
  if (specifier === undefined) return [];
  if (specifier.startsWith('.')) return [join(dirname(path), specifier)];
  if (specifier.startsWith('node:')) return [specifier];
  const parts = specifier.split('/');
  return [parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')];
}

function specifierOf(node: Node): string | undefined {
  let specifier: Node | undefined;
  if (isImportDeclaration(node) || isExportDeclaration(node)) specifier = node.moduleSpecifier;
  else if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) specifier = node.arguments[0];
  else if (isImportTypeNode(node)) specifier = node.argument.forEachChild((child) => child);
  return specifier !== undefined && isStringLiteral(specifier) ? specifier.text : undefined;
}
