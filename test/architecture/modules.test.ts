/** What a module may look like: small, without effects on import, with named exports. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import test from 'node:test';
import {
  isAwaitExpression,
  isCallExpression,
  isExportAssignment,
  isExportDeclaration,
  isFunctionLikeDeclaration,
  isIdentifier,
  isImportDeclaration,
  isPropertyAccessExpression,
  SyntaxKind,
} from 'typescript/unstable/ast';
import type { Node } from 'typescript/unstable/ast';
import { lineOf, productSources, readSources, type Source } from './sources.ts';

const all = readSources();
const product = productSources(all);
/** Modules that are imported; main.ts files are started. */
const modules = product.filter(({ path }) => basename(path) !== 'main.ts');

/** Statements that only declare. Variables may be initialised by pure calls. */
const declarations: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.ExportAssignment,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.InterfaceDeclaration,
  // Only `declare`: the compiler's erasableSyntaxOnly refuses any other.
  SyntaxKind.ModuleDeclaration,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.VariableStatement,
]);
/** Built-in modules whose functions reach out of the process. */
const effectful = /^node:(fs|fs\/promises|child_process|net|http|https|dgram|worker_threads|cluster|timers|timers\/promises)$/;
const effectfulGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'];

test('no file has more than 250 lines', () => {
  assert.ok(all.length > 0);
  const long = all.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length })).filter(({ lines }) => lines > 250);
  assert.deepEqual(long, []);
});

test('process.env is read in main.ts files only', () => {
  const isEnvironment = (node: Node): boolean => isPropertyAccessExpression(node) && /^process\??\.env$/.test(node.getText());
  assert.deepEqual(findings(modules, isEnvironment), []);
});

test('importing a module only declares', () => {
  const effects = modules.flatMap((source) =>
    source.tree.statements.filter((statement) => !declarations.has(statement.kind)).map((node) => place(source, node)),
  );
  assert.deepEqual(effects, []);
});

test('importing a module waits for nothing and reaches out to nothing', () => {
  const effects = modules.flatMap((source) => {
    const reaching = reachingOut(source);
    const isEffect = (node: Node): boolean =>
      isAwaitExpression(node) || (isCallExpression(node) && reaching.has(node.expression.getText(source.tree).split('.', 1)[0] ?? ''));
    return source.tree.statements
      .flatMap(evaluatedOnImport)
      .filter(isEffect)
      .map((node) => place(source, node));
  });
  assert.deepEqual(effects, []);
});

test('nothing is imported for its effects', () => {
  assert.deepEqual(
    findings(product, (node) => isImportDeclaration(node) && node.importClause === undefined),
    [],
  );
});

test('only Fastify plugins have a default export', () => {
  const others = product.filter(({ path }) => !/^gateway\/(plugins|routes)\//.test(path));
  assert.deepEqual(
    findings(others, (node) => isExportAssignment(node) || (node.kind === SyntaxKind.DefaultKeyword && !isClause(node))),
    [],
  );
});

test('no module hands on what another one exports', () => {
  const isBarrel = (node: Node): boolean => isExportDeclaration(node) && node.moduleSpecifier !== undefined && !node.isTypeOnly;
  assert.deepEqual(findings(product, isBarrel), []);
});

function findings(sources: readonly Source[], matches: (node: Node) => boolean): string[] {
  return sources.flatMap((source) => source.nodes.filter(matches).map((node) => place(source, node)));
}

function place(source: Source, node: Node): string {
  return `${source.path}:${lineOf(source, node)} ${node.getText(source.tree).split('\n', 1)[0]}`;
}

/** `default:` of a switch is a clause, not an export. */
function isClause(node: Node): boolean {
  return node.parent.kind === SyntaxKind.DefaultClause;
}

/** @returns names that this file has from effectful modules, and the effectful globals */
function reachingOut({ tree }: Source): Set<string> {
  const names = new Set(effectfulGlobals);
  for (const statement of tree.statements) {
    if (!isImportDeclaration(statement) || !effectful.test(statement.moduleSpecifier.getText(tree).slice(1, -1))) continue;
    const visit = (node: Node): void => {
      if (isIdentifier(node)) names.add(node.text);
      node.forEachChild(visit);
    };
    if (statement.importClause !== undefined) visit(statement.importClause);
  }
  return names;
}

/** @returns the nodes below `node` that run when the module is evaluated: not those in bodies of functions */
function evaluatedOnImport(node: Node): Node[] {
  if (isFunctionLikeDeclaration(node)) return [];
  const nodes = [node];
  node.forEachChild((child) => {
    nodes.push(...evaluatedOnImport(child));
  });
  return nodes;
}
