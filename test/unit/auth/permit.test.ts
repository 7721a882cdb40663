/** What keys may do: by role, namespace and function, and the words in which they are told that they may not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { accesses, type Principal, type Role, roles } from '../../../contracts/access.ts';
import { BantamError } from '../../../contracts/errors.ts';
import { hasRoleFor, permit, permitRecord, refusalOf } from '../../../gateway/auth/permit.ts';

const of = (role: Role, more: Partial<Principal> = {}): Principal => ({
  key: 'k1',
  name: 'ci',
  role,
  namespace: undefined,
  functions: undefined,
  ...more,
});
const detailOf = (error: BantamError | undefined): string => `${error?.code} ${error?.message}`;

test('each role may do what it says, and nothing else', () => {
  const may = Object.fromEntries(roles.map((role) => [role, accesses.filter((access) => hasRoleFor(of(role), access))]));
  assert.deepEqual(may, {
    admin: ['open', 'admin', 'deploy', 'invoke', 'read'],
    deploy: ['open', 'deploy', 'invoke', 'read'],
    invoke: ['open', 'invoke'],
    read: ['open', 'read'],
  });
});

test('a key of a namespace is for that one, and not for the installation as a whole', () => {
  const key = of('deploy', { namespace: 'team' });
  assert.equal(refusalOf(key, 'deploy', { namespace: 'team', name: 'fib' }), undefined);
  assert.equal(
    detailOf(refusalOf(key, 'deploy', { namespace: 'default', name: 'fib' })),
    'KEY_NOT_ALLOWED the key "ci" is for the namespace team: this is about "default"',
  );
  assert.equal(
    detailOf(refusalOf(key, 'read', { namespace: '*', name: undefined })),
    'KEY_NOT_ALLOWED the key "ci" is for the namespace team: this is about "*"',
  );
  assert.equal(
    detailOf(refusalOf(key, 'read', { namespace: undefined, name: undefined })),
    'KEY_NOT_ALLOWED the key "ci" is for the namespace team: this is about the installation as a whole',
  );
});

test('a key of some functions is for these, and for nothing that is of no function', () => {
  const key = of('invoke', { namespace: 'default', functions: ['fib', 'echo'] });
  assert.equal(refusalOf(key, 'invoke', { namespace: 'default', name: 'echo' }), undefined);
  for (const name of ['other', undefined])
    assert.equal(
      detailOf(refusalOf(key, 'invoke', { namespace: 'default', name })),
      'KEY_NOT_ALLOWED the key "ci" is for these functions only: fib, echo',
    );
});

test('who lacks a role is told which ones would do', () => {
  const subject = { namespace: 'default', name: 'fib' };
  assert.equal(
    detailOf(refusalOf(of('invoke'), 'read', subject)),
    'KEY_NOT_ALLOWED the key "ci" has the role invoke: this takes admin or deploy or read',
  );
  assert.equal(detailOf(refusalOf(of('read'), 'admin', subject)), 'KEY_NOT_ALLOWED the key "ci" has the role read: this takes admin');
});

test('a qualified name is judged by its namespace', () => {
  permit(of('read', { namespace: 'team' }), 'read', 'fib.team');
  permit(of('read', { namespace: 'default' }), 'read', 'fib');
  assert.throws(() => permit(of('read', { namespace: 'team' }), 'read', 'fib'), BantamError);
  assert.throws(() => permit(of('read', { namespace: 'default' }), 'read', 'fib.team'), BantamError);
});

test('who may invoke may deal with what its own key has made, and with nothing else', () => {
  permitRecord(of('invoke'), 'read', { function: 'fib', caller: 'k1' });
  permitRecord(of('read'), 'read', { function: 'fib', caller: 'k2' });
  for (const caller of ['k2', undefined]) assert.throws(() => permitRecord(of('invoke'), 'read', { function: 'fib', caller }), BantamError);
  assert.throws(() => permitRecord({ ...of('invoke'), key: undefined }, 'read', { function: 'fib' }), BantamError);
  assert.throws(() => permitRecord(of('invoke', { namespace: 'team' }), 'read', { function: 'fib', caller: 'k1' }), BantamError);
});
