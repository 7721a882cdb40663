/** Signatures of wasi:random: see wasi/interfaces.ts. */

export const randomInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  ['wasi:random/insecure-seed', new Map([['insecure-seed', '()->tuple<u64,u64>']])],
  [
    'wasi:random/insecure',
    new Map([
      ['get-insecure-random-bytes', '(u64)->list<u8>'],
      ['get-insecure-random-u64', '()->u64'],
    ]),
  ],
  [
    'wasi:random/random',
    new Map([
      ['get-random-bytes', '(u64)->list<u8>'],
      ['get-random-u64', '()->u64'],
    ]),
  ],
];
