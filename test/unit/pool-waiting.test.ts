/** The calls that wait in a worker: in order within a namespace, and namespaces in turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaceOf } from '../../contracts/names.ts';
import type { PooledCall } from '../../worker/pool/call.ts';
import { slowestMeanUs, WaitingCalls } from '../../worker/pool/waiting.ts';
import { artifactOf } from '../support/pool.ts';

/** @param id `name.namespace/number` */
function callOf(id: string, meanUs?: number): PooledCall {
  const [name = ''] = id.split('/');
  const target = { function: name, version: 1, digest: '', kind: 'core', memoryPages: 1, reuse: false, settings: undefined } as const;
  const artifact = Object.assign(artifactOf('module', new Uint8Array()), { meanUs });
  return { invocation: { id, target, enqueuedAtMs: 0, deadlineAtMs: 0, payload: new Uint8Array() }, artifact, done: () => {} };
}

function waitingFor(...ids: string[]): WaitingCalls {
  const waiting = new WaitingCalls(({ invocation }) => namespaceOf(invocation.target.function));
  for (const id of ids) waiting.push(callOf(id));
  return waiting;
}

const idsOf = (calls: readonly PooledCall[]): string[] => calls.map(({ invocation }) => invocation.id);

test('a namespace is served in order, and the turn passes on with each that is served', () => {
  const waiting = waitingFor('f.a/1', 'g.a/2', 'f.b/1', 'f.a/3', 'f/1');
  assert.deepEqual([...waiting.namespaces], ['a', 'b', 'default']);
  assert.deepEqual(idsOf(waiting.of('a')), ['f.a/1', 'g.a/2', 'f.a/3']);
  assert.deepEqual(idsOf(waiting.take('a', 2)), ['f.a/1', 'g.a/2']);
  assert.deepEqual([...waiting.namespaces], ['b', 'default', 'a']);
  assert.deepEqual(idsOf(waiting.take('b', 9)), ['f.b/1']);
  assert.deepEqual([...waiting.namespaces], ['default', 'a']);
  assert.equal(waiting.size, 2);
  assert.deepEqual(waiting.take('b', 1), []);
});

test('calls that come back are first again, in their order', () => {
  const waiting = waitingFor('f.a/3', 'f.b/2');
  waiting.unshift(['f.a/1', 'f.b/1', 'f.a/2'].map((id) => callOf(id)));
  assert.deepEqual(idsOf(waiting.of('a')), ['f.a/1', 'f.a/2', 'f.a/3']);
  assert.deepEqual(idsOf(waiting.of('b')), ['f.b/1', 'f.b/2']);
  assert.equal(waiting.size, 5);
});

test('calls are taken out by id, or by what they are, and leave no empty namespace behind', () => {
  const waiting = waitingFor('f.a/1', 'f.b/1', 'f.a/2');
  assert.equal(waiting.remove('f.c/1'), undefined);
  assert.equal(waiting.remove('f.b/1')?.invocation.id, 'f.b/1');
  assert.deepEqual([...waiting.namespaces], ['a']);
  assert.deepEqual(idsOf(waiting.removeAll(({ invocation }) => invocation.id === 'f.a/1')), ['f.a/1']);
  assert.deepEqual([waiting.size, idsOf(waiting.of('a'))], [1, ['f.a/2']]);
  assert.deepEqual(idsOf(waiting.removeAll(() => true)), ['f.a/2']);
  assert.deepEqual([waiting.size, [...waiting.namespaces]], [0, []]);
});

test('calls travel together by the slowest of those that may', () => {
  assert.equal(slowestMeanUs([callOf('f/1', 10), callOf('f/2', 30)]), 30);
  assert.equal(slowestMeanUs([callOf('f/1', 10), callOf('f/2')]), undefined);
});
