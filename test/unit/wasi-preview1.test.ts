import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interfaceNeeds, mergeNeeds, preview1Needs } from '../../wasi/needs.ts';
import { preview1 } from '../../wasi/preview1.ts';

test('there are the 46 calls of WASI preview 1, all of scalars, and only proc_exit gives no error number', () => {
  assert.equal(preview1.size, 46);
  for (const [name, type] of preview1) {
    assert.match(type, name === 'proc_exit' ? /^\(i32\) -> \(\)$/ : /^\((i(32|64)(, i(32|64))*)?\) -> i32$/, name);
  }
});

test('a module that only closes and seeks, as every C program does, asks for nothing', () => {
  assert.deepEqual(preview1Needs(['fd_close', 'fd_seek', 'fd_fdstat_get', 'sched_yield']), []);
});

test('needs of preview 1 are told once each, in a fixed order', () => {
  assert.deepEqual(preview1Needs(['random_get', 'path_open', 'fd_write', 'fd_read', 'path_unlink_file']), ['stdio', 'random', 'files']);
});

test('needs of components are told by interface and function', () => {
  const of = (...names: readonly string[]): string[] =>
    interfaceNeeds(
      names.map((name) => {
        const [iface = '', func = ''] = name.split('#');
        return { iface, name: func };
      }),
    );
  assert.deepEqual(of('wasi:cli/environment#get-arguments'), ['arguments']);
  assert.deepEqual(of('wasi:cli/environment#get-environment'), ['environment']);
  assert.deepEqual(of('wasi:cli/stdout#get-stdout', 'wasi:cli/terminal-stdout#get-terminal-stdout'), ['stdio']);
  assert.deepEqual(of('wasi:clocks/monotonic-clock#subscribe-duration', 'wasi:clocks/wall-clock#now'), ['clock', 'sleep']);
  assert.deepEqual(of('wasi:http/outgoing-handler#handle', 'wasi:sockets/tcp#[method]tcp-socket.start-bind'), [
    'sockets (refused at run time)',
    'outbound http (refused at run time)',
  ]);
  assert.deepEqual(of('wasi:io/poll#poll', 'wasi:http/types#[constructor]fields'), []);
});

test('merging keeps the order and drops what is there twice', () => {
  assert.deepEqual(mergeNeeds(['random'], ['clock', 'random']), ['clock', 'random']);
});
