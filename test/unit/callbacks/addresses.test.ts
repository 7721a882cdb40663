/** Which addresses are public: both sides of every range, and every way to write an IPv4 address into an IPv6 one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from '../../../gateway/callbacks/addresses.ts';

/** The last address before a range, its first, its last, and the one behind it; '' where that is in another range. */
const ranges: readonly (readonly [what: string, before: string, first: string, last: string, after: string])[] = [
  ['this network', '', '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['private use', '9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['shared address space', '100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['loopback', '126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['what Azure serves to its machines', '168.63.129.15', '168.63.129.16', '168.63.129.16', '168.63.129.17'],
  ['link-local', '169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['private use', '172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['protocol assignments', '191.255.255.255', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['documentation 1', '192.0.1.255', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['6to4 relays', '192.88.98.255', '192.88.99.0', '192.88.99.255', '192.88.100.0'],
  ['private use', '192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['benchmarking', '198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['documentation 2', '198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['documentation 3', '203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['multicast and reserved', '223.255.255.255', '224.0.0.0', '255.255.255.255', ''],
  ['all before global unicast', '', '::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2000::'],
  ['IPv6 protocol assignments', '2000:ffff::', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:200::'],
  ['IPv6 documentation 1', '2001:db7:ffff::', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db9::'],
  ['6to4', '2001:ffff::', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2003::'],
  ['IPv6 documentation 2', '3ffe:ffff::', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:1000::'],
  ['all after global unicast', '3fff:ffff::', '4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ''],
];

for (const [what, before, first, last, after] of ranges) {
  test(`${what}: ${first} to ${last} are not public, their neighbours are`, () => {
    for (const address of [first, last]) assert.equal(isPublicAddress(address), false, address);
    for (const address of [before, after]) if (address !== '') assert.equal(isPublicAddress(address), true, address);
  });
}

test('no IPv6 address with an IPv4 address in it is public, in any spelling', () => {
  for (const address of [
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:10.0.0.1',
    '::FFFF:169.254.169.254',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
  ])
    assert.equal(isPublicAddress(address), false, address);
});

test('metadata services, unique local, link-local with a zone and multicast are not public', () => {
  for (const address of [
    '169.254.169.254',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fc00::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '5f00::1',
  ])
    assert.equal(isPublicAddress(address), false, address);
});

test('addresses of the Internet are public', () => {
  for (const address of ['1.1.1.1', '8.8.8.8', '93.184.215.14', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])
    assert.equal(isPublicAddress(address), true, address);
});
