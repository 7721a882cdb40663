/** wasi:sockets: refused in its own terms. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IoError } from '../../../executor/host/wasi/io-error.ts';
import { wasiInterfaces } from '../../../wasi/interfaces.ts';
import { callHost, misuseOf, newWorld } from '../../support/wasi.ts';

const denied = { tag: 'err', val: 'access-denied' };
const givers = new Set(['instance-network', 'create-tcp-socket', 'create-udp-socket', 'resolve-addresses', 'network-error-code']);

describe('sockets', () => {
  test('there is a network to be handed on', () => {
    assert.equal(typeof callHost(newWorld(), 'wasi:sockets/instance-network#instance-network'), 'object');
  });

  test('no socket is made and no name is looked up', () => {
    const world = newWorld();
    const network = callHost(world, 'wasi:sockets/instance-network#instance-network');
    assert.deepEqual(callHost(world, 'wasi:sockets/tcp-create-socket#create-tcp-socket', 'ipv4'), denied);
    assert.deepEqual(callHost(world, 'wasi:sockets/udp-create-socket#create-udp-socket', 'ipv6'), denied);
    assert.deepEqual(callHost(world, 'wasi:sockets/ip-name-lookup#resolve-addresses', network, 'example.org'), denied);
    assert.equal(world.stopped, undefined);
  });

  test('no error is one of a network', () => {
    assert.equal(callHost(newWorld(), 'wasi:sockets/network#network-error-code', new IoError('x')), undefined);
  });

  test('a method of a socket, which nobody can have, would trap', () => {
    let methods = 0;
    for (const [iface, functions] of wasiInterfaces) {
      if (!iface.startsWith('wasi:sockets/')) continue;
      for (const name of functions.keys()) {
        if (givers.has(name)) continue;
        methods++;
        const world = newWorld();
        misuseOf(world, () => callHost(world, `${iface}#${name}`));
      }
    }
    assert.equal(methods, 48);
  });
});
