/** What a request is about, by its URL. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BantamError } from '../../../contracts/errors.ts';
import type { Subject } from '../../../gateway/auth/permit.ts';
import { subjectFinder } from '../../../gateway/auth/subject.ts';

const subjectOf = (url: string, params: object, query: object = {}): Subject | undefined =>
  subjectFinder(url, undefined)?.({ params, query });

test('a call is about the function of its reference, in its namespace', () => {
  const call = (reference: string): Subject | undefined => subjectOf('/fn/:reference', { reference }, { namespace: 'ignored' });
  assert.deepEqual(call('fib'), { namespace: 'default', name: 'fib' });
  assert.deepEqual(call('fib.default'), { namespace: 'default', name: 'fib' });
  assert.deepEqual(call('fib.team@3'), { namespace: 'team', name: 'fib' });
  assert.deepEqual(call('fib:canary.x'), { namespace: 'default', name: 'fib' });
  assert.deepEqual(subjectOf('/async/:reference/*', { reference: 'fib.team' }), { namespace: 'team', name: 'fib' });
});

test('routes of a function are about it, in the namespace of the query', () => {
  const url = '/api/functions/:name/versions/:version';
  assert.deepEqual(subjectOf(url, { name: 'fib' }), { namespace: 'default', name: 'fib' });
  assert.deepEqual(subjectOf(url, { name: 'fib' }, { namespace: 'team' }), { namespace: 'team', name: 'fib' });
});

test('a name that says another namespace than the query is refused, and so is one that comes twice', () => {
  assert.throws(() => subjectOf('/api/functions/:name', { name: 'fib.other' }, { namespace: 'team' }), BantamError);
  assert.throws(() => subjectOf('/api/functions/:name', { name: 'fib' }, { namespace: ['team', 'other'] }), BantamError);
  assert.throws(() => subjectOf('/api/invocations', {}, { function: ['fib', 'echo'] }), BantamError);
});

test('lists are about a namespace, and about the function that they are filtered by', () => {
  assert.deepEqual(subjectOf('/api/functions', {}), { namespace: 'default', name: undefined });
  assert.deepEqual(subjectOf('/api/invocations', {}, { namespace: '*' }), { namespace: '*', name: undefined });
  assert.deepEqual(subjectOf('/api/invocations', {}, { namespace: 'team', function: 'fib' }), { namespace: 'team', name: 'fib' });
  assert.deepEqual(subjectOf('/api/schedules/:name', { name: 'nightly' }), { namespace: 'default', name: undefined });
});

test('what is about the installation, or only the handler can tell, says so', () => {
  assert.deepEqual(subjectFinder('/api/keys/:id', 'installation')?.({ params: {}, query: { namespace: 'team' } }), {
    namespace: undefined,
    name: undefined,
  });
  assert.equal(subjectFinder('/api/invocations/:id', 'record'), undefined);
});
