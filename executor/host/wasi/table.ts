/** The WASI 0.2 host: every function of wasi/interfaces.ts, and nothing else. */
import type { HostTable } from '../../component/host.ts';
import type { World } from '../world.ts';
import { cli } from './cli.ts';
import { clocks } from './clocks.ts';
import { filesystem } from './filesystem.ts';
import { http } from './http/interfaces.ts';
import { io } from './io.ts';
import { pollInterface } from './poll.ts';
import { random } from './random.ts';
import { sockets } from './sockets.ts';

export const wasiHost: HostTable<World> = new Map([
  ...io,
  ['wasi:io/poll', pollInterface],
  ...clocks,
  ...random,
  ...sockets,
  ...filesystem,
  ...cli,
  ...http,
]);
