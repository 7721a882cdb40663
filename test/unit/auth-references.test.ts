/** What a key may have others invoke: by schedules, and as destinations. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '../../contracts/access.ts';
import { permitDestinations, permitReference } from '../../gateway/auth/references.ts';

const deploy: Principal = { key: 'k', name: 'of the team', role: 'deploy', namespace: 'team', functions: undefined };

test('a key of one namespace names functions of that one, in whatever form, and of no other', () => {
  for (const reference of ['fib', 'fib@3', 'fib:canary', 'fib.team']) permitReference(deploy, 'team', reference);
  for (const reference of ['fib.other', 'fib.other@3', 'fib.default'])
    assert.throws(() => permitReference(deploy, 'team', reference), { code: 'KEY_NOT_ALLOWED' }, reference);
  for (const reference of ['fib', 'fib.team', 'fib.other']) permitReference({ ...deploy, namespace: undefined }, 'team', reference);
});

test('a key for some functions names only these', () => {
  const some = { ...deploy, functions: ['fib'] };
  permitReference(some, 'team', 'fib:canary');
  assert.throws(() => permitReference(some, 'team', 'other'), { code: 'KEY_NOT_ALLOWED' });
});

test('destinations of a configuration are looked at, and what they do not name is not', () => {
  const to = (name: string): { function: string } => ({ function: name });
  permitDestinations(deploy, 'f.team', { async: { onSuccess: to('fib'), onFailure: { url: 'https://example.com' } } });
  permitDestinations(deploy, 'f.team', { async: null });
  permitDestinations(deploy, 'f.team', { timeoutMs: 1 });
  for (const member of ['onSuccess', 'onFailure'])
    assert.throws(
      () => permitDestinations(deploy, 'f.team', { async: { [member]: to('fib.other') } }),
      { code: 'KEY_NOT_ALLOWED' },
      member,
    );
});
