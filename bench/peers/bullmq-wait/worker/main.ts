/** Worker side of the path `bullmq-wait`: a fresh instance per call, in its own process. Arguments: port of Redis, file of the guest. */
import { readFile } from 'node:fs/promises';
import { Worker } from 'bullmq';

const [redisPort, guest] = process.argv.slice(2);
const module = await WebAssembly.compile(await readFile(String(guest)));

const worker = new Worker<{ n: number }, number>(
  'fib',
  async (job) => {
    const { exports } = new WebAssembly.Instance(module, {});
    return (exports['fib'] as (n: number) => number)(job.data.n);
  },
  { connection: { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null }, concurrency: 64 },
);
worker.on('error', (error) => console.error(error.message));
