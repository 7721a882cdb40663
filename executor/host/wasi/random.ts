/** wasi:random. The insecure numbers are as good as the others. */
import type { HostFunction, HostInterface } from '../../component/host.ts';
import { fillRandom, randomU64 } from '../random.ts';
import type { World } from '../world.ts';
import { trapGuest } from '../stop.ts';

/** Most bytes of one call: the host makes them all before the guest has memory for them. */
const maxBytes = 16_777_216;

function randomBytes(world: World, count: bigint): Uint8Array {
  if (count > maxBytes) trapGuest(world, `${count} random bytes were asked for at once; the limit is ${maxBytes}`);
  const bytes = new Uint8Array(Number(count));
  fillRandom(bytes);
  return bytes;
}

export const random: readonly (readonly [iface: string, HostInterface<World>])[] = [
  [
    'wasi:random/random',
    {
      functions: new Map<string, HostFunction<World>>([
        ['get-random-bytes', randomBytes],
        ['get-random-u64', randomU64],
      ]),
      drops: new Map(),
    },
  ],
  [
    'wasi:random/insecure',
    {
      functions: new Map<string, HostFunction<World>>([
        ['get-insecure-random-bytes', randomBytes],
        ['get-insecure-random-u64', randomU64],
      ]),
      drops: new Map(),
    },
  ],
  [
    'wasi:random/insecure-seed',
    { functions: new Map([['insecure-seed', (): [bigint, bigint] => [randomU64(), randomU64()]]]), drops: new Map() },
  ],
];
