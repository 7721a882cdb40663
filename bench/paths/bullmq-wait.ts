/** `bullmq-wait`: the usual advice for calls over a queue, Fastify -> BullMQ add + waitUntilFinished -> BullMQ Worker running the guest itself. */
import { join } from 'node:path';
import type { Path } from '../path.ts';
import { freePort } from '../processes.ts';
import { fibCall, fibFolder } from './fib.ts';
import { answersHttp } from './http.ts';
import { startRedis } from './redis.ts';

export const bullmqWait: Path = {
  name: 'bullmq-wait',
  call: fibCall,
  async start(stage) {
    const { processes, repository } = stage;
    const peer = join(repository, 'bench/peers/bullmq-wait');
    const redisPort = await startRedis(stage);
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    // The worker listens to nothing: whether it works shows in the first answer of the gateway.
    await processes.serve(
      process.execPath,
      [join(peer, 'worker/main.ts'), `${redisPort}`, join(fibFolder(repository), 'fib.wasm')],
      {},
      () => Promise.resolve(true),
    );
    await processes.serve(
      process.execPath,
      [join(peer, 'gateway/main.ts'), `${redisPort}`, `${port}`],
      {},
      answersHttp(`${origin}/fn/fib?n=5`),
    );
    return origin;
  },
};
