/** `bare-fastify`: what HTTP and JSON alone cost. No wasm: fib runs in the server's own JavaScript. */
import { join } from 'node:path';
import type { Path } from '../path.ts';
import { fibCall } from './fib.ts';
import { answersHttp } from './http.ts';
import { freePort } from '../processes.ts';

export const bareFastify: Path = {
  name: 'bare-fastify',
  call: fibCall,
  async start({ processes, repository }) {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    await processes.serve(
      process.execPath,
      [join(repository, 'bench/peers/bare-fastify/main.ts'), `${port}`],
      {},
      answersHttp(`${origin}/fn/fib?n=5`),
    );
    return origin;
  },
};
