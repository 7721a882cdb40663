/** The error catalogue and the code agree. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { isCallExpression, isIdentifier, isNewExpression, isPropertyAssignment, isStringLiteral } from 'typescript/unstable/ast';
import type { Node } from 'typescript/unstable/ast';
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import { lineOf, productSources, readSources } from './sources.ts';

const sources = productSources(readSources()).filter(
  ({ path }) =>
    ![
      'contracts/error-catalogue.ts',
      'contracts/release-errors.ts',
      'contracts/async-errors.ts',
      'contracts/namespace-errors.ts',
      'contracts/key-errors.ts',
      'contracts/secret-errors.ts',
      'contracts/quota-errors.ts',
    ].includes(path),
);
const codes = Object.keys(errorCatalogue);

test('every code of the catalogue is used', () => {
  const used = new Set(sources.flatMap(({ nodes }) => nodes.filter(isStringLiteral).map(({ text }) => text)));
  assert.deepEqual(
    codes.filter((code) => !used.has(code)),
    [],
  );
});

test('every code that is used is in the catalogue', () => {
  const unknown = sources.flatMap((source) =>
    source.nodes.flatMap((node) => {
      const code = codeIn(node);
      return code === undefined || codes.includes(code) ? [] : [`${source.path}:${lineOf(source, node)} ${code}`];
    }),
  );
  assert.deepEqual(unknown, []);
});

/** @returns X of `new BantamError('X')`, `new GuestError('X')`, `failure('X')` and `{ code: 'X' }`; codes of WASI are in lower case */
function codeIn(node: Node): string | undefined {
  let code: Node | undefined;
  if (
    (isNewExpression(node) || isCallExpression(node)) &&
    isIdentifier(node.expression) &&
    ['BantamError', 'GuestError', 'failure'].includes(node.expression.text)
  )
    code = node.arguments?.[0];
  else if (isPropertyAssignment(node) && isIdentifier(node.name) && node.name.text === 'code') code = node.initializer;
  return code !== undefined && isStringLiteral(code) && /^[A-Z]/.test(code.text) ? code.text : undefined;
}
