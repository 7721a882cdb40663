/** What the command line of the export means, and what it refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions, UsageError } from '../../export/options.ts';

test('a name and a target are enough', () => {
  const { reference, target, url, key, out } = parseOptions(['fib', '--target', 'lambda']);
  assert.deepEqual(
    { reference, target, url: url.href, key, out },
    {
      reference: { name: 'fib', alias: undefined },
      target: 'lambda',
      url: 'http://127.0.0.1:8080/',
      key: undefined,
      out: 'fib-lambda.zip',
    },
  );
});

test('the file is named after the function, not its version', () => {
  assert.equal(parseOptions(['fib.team@3', '--target', 'openwhisk']).out, 'fib.team-openwhisk.zip');
});

const refused: readonly (readonly [args: string[], why: RegExp])[] = [
  [[], /^no function is named\n/],
  [['--target', 'lambda'], /^no function is named\n/],
  [['a', 'b', '--target', 'lambda'], /^one function at a time\n/],
  [['fib'], /^--target is missing\n/],
  [['fib', '--target', 'azure'], /^there is no target "azure"\n/],
  [['Fib', '--target', 'lambda'], /^"Fib" is not a function name\. Use /],
  [['fib@x', '--target', 'lambda'], /^"x" is not a version number/],
  [['fib', '--target', 'lambda', '--url', 'localhost:8080'], /^--url is no address of a server: "localhost:8080"\n/],
  [['fib', '--target', 'lambda', '--force'], /--force/],
];

for (const [args, why] of refused) {
  test(`refuses ${JSON.stringify(args)} and says how it is used`, () => {
    assert.throws(
      () => parseOptions(args),
      (error: unknown) => error instanceof UsageError && why.test(error.message) && /--target openwhisk\|lambda/.test(error.message),
    );
  });
}
