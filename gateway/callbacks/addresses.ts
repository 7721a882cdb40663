/** Which addresses are of the public Internet. Pure. */
import { BlockList, isIPv6 } from 'node:net';

/**
 * IANA IPv4 Special-Purpose Address Registry (RFC 6890, RFC 8190): all that are not globally reachable, and multicast (RFC 5771).
 * The globally reachable addresses within them serve protocols of the network itself.
 */
const specialV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this host on this network; Linux takes it for loopback
  ['10.0.0.0', 8], // private use
  ['100.64.0.0', 10], // shared address space (carrier-grade NAT)
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds
  ['172.16.0.0', 12], // private use
  ['192.0.0.0', 24], // IETF protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relay anycast, deprecated
  ['192.168.0.0', 16], // private use
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and limited broadcast
  ['168.63.129.16', 32], // in no registry: what Azure serves to each of its machines
];

/**
 * IANA has assigned global unicast addresses out of this block only (RFC 4291 section 2.4). Loopback, unique local, link-local, multicast, and the
 * embedded IPv4 addresses of ::ffff:0:0/96, ::/96 and NAT64 (64:ff9b::/96, 64:ff9b:1::/48) lie outside.
 */
const globalUnicastV6 = ['2000::', 3] as const;

/** IANA IPv6 Special-Purpose Address Registry, as far as it lies in there. */
const specialV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // IETF protocol assignments: Teredo, benchmarking, ORCHID ...
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: embedded IPv4 addresses
  ['3fff::', 20], // documentation
];

const special = blockList([...specialV4, ...specialV6]);
const globalUnicast = blockList([globalUnicastV6]);

/** @param address IPv4 or IPv6, as the resolver or a URL writes it, without brackets */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !special.check(address, 'ipv4');
  return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function blockList(networks: readonly (readonly [network: string, prefix: number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}
