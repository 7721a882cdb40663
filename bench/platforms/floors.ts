/** What no platform can go below: the call alone, and HTTP alone. */
import { join } from 'node:path';
import { bareFastify as path } from '../paths/bare-fastify.ts';
import { Connection } from './connection.ts';
import { guestFile } from './guest.ts';
import type { Platform, Sample } from './platform.ts';
import { byClock } from './timing.ts';

export const bareCall: Platform = {
  name: 'bare-call',
  cold: 'a Node.js process runs and has read the module: compiling, instantiating, calling',
  warm: 'a call of the same instance, no HTTP and no process between',
  research: '',
  prepare({ processes, repository }) {
    const program = join(repository, 'bench/peers/bare-call/main.js');
    return Promise.resolve(async ({ n, expected, warmUpMs, calls, forMs }) => {
      const numbers = [n, expected, warmUpMs, calls, forMs].map(String);
      return JSON.parse(await processes.run(process.execPath, [program, guestFile(repository), ...numbers])) as Sample;
    });
  },
};

/** Its fib is plain JavaScript: only what it takes to answer at all is compared with it. */
export const bareFastify: Platform = {
  name: 'bare-fastify',
  cold: 'the server runs; nothing is started',
  warm: 'plain JavaScript in the running server, no wasm',
  research: '',
  async prepare(stage) {
    const origin = await path.start(stage);
    return byClock(stage, ({ processes }) => {
      const connection = new Connection(processes, origin);
      return Promise.resolve(() => Promise.resolve(async (n) => Number(await connection.get(`/fn/fib?n=${n}`))));
    });
  },
};
