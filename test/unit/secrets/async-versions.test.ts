/** What workers know of versions to run attempts: kept for ever, but for a moment only where secrets may have changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { Versions } from '../../../worker/async/versions.ts';
import { eventually } from '../../support/eventually.ts';
import { aVersion } from '../../support/routes.ts';

function versionsOf(version: () => FunctionVersion): { versions: Versions; asked: () => number } {
  let asked = 0;
  const versions = new Versions(() => {
    asked += 1;
    return Promise.resolve(version());
  });
  return { versions, asked: () => asked };
}

test('a changed secret is found without a restart', async () => {
  let secret = 1;
  const { versions, asked } = versionsOf(() => ({ ...aVersion(1), secrets: [{ env: 'A', name: 'db', version: secret }] }));
  const current = async (): Promise<number | undefined> => (await versions.of('fib', 1))?.target.settings?.secrets[0]?.version;
  assert.deepEqual([await current(), await current(), asked()], [1, 1, 1]);
  secret = 2;
  await eventually(async () => (await current()) === 2);
});

test('a version without secrets is asked for once', async () => {
  const { versions, asked } = versionsOf(() => aVersion(1));
  const withSecrets = versionsOf(() => ({ ...aVersion(1), secrets: [{ env: 'A', name: 'db', version: 1 }] }));
  await versions.of('fib', 1);
  await eventually(async () => {
    await withSecrets.versions.of('fib', 1);
    return withSecrets.asked() > 2;
  });
  await versions.of('fib', 1);
  assert.equal(asked(), 1);
});
