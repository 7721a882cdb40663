/** Servers that are started with the function in them: workerd and `wasmtime serve`. */
import { join } from 'node:path';
import { Absent, type Stage } from '../path.ts';
import { workerdCommand } from '../paths/workerd.ts';
import { freePort } from '../processes.ts';
import { needOnPath } from './commands.ts';
import { startListening } from './connection.ts';
import type { Measure, Platform } from './platform.ts';
import { byClock } from './timing.ts';

export const workerdFresh: Platform = {
  name: 'workerd-fresh',
  cold: 'the server starts with the function in it',
  warm: 'a fresh instance in the running server',
  research: '',
  prepare: (stage) => served(stage, '/fn/fib', (port) => workerdCommand(stage.repository, 'fresh', port)),
};

export const workerdReused: Platform = {
  name: 'workerd-reused',
  cold: 'the server starts with the function in it',
  warm: 'an instance that is kept in the running server',
  research: '',
  prepare: (stage) => served(stage, '/fn/fib', (port) => workerdCommand(stage.repository, 'reused', port)),
};

export const wasmtimeServePooled: Platform = wasmtimeServe('pooled');
export const wasmtimeServeUnpooled: Platform = wasmtimeServe('unpooled');

/** It serves components of wasi:http, so the same function is one, from Rust. By default it takes instances from a pool; builds of it are without that. */
function wasmtimeServe(instances: 'pooled' | 'unpooled'): Platform {
  return {
    name: `wasmtime-serve-${instances}`,
    cold: 'the server starts with the function in it and compiles it',
    warm: 'a fresh instance in the running server',
    research: '',
    async prepare(stage) {
      await needOnPath(stage.processes, 'wasmtime');
      const component = join(stage.repository, 'bench/guests/fib-http/fib-http.wasm');
      const pool = `pooling-allocator=${instances === 'pooled' ? 'y' : 'n'}`;
      const measure = await served(stage, '/', (port) => [
        'wasmtime',
        'serve',
        '--addr',
        `127.0.0.1:${port}`,
        '-O',
        pool,
        '-Scli',
        component,
      ]);
      return (work) => measure(work).catch(absentWhereLeftOut);
    },
  };
}

function absentWhereLeftOut(error: unknown): never {
  const message = error instanceof Error ? error.message : '';
  throw message.includes('disabled at compile time') ? new Absent(`this wasmtime cannot: ${message}`) : error;
}

type MakeCommand = (port: number) => readonly [string, ...string[]];

/** Its command is made once before, so that what is absent shows at once. */
function served(stage: Stage, path: string, makeCommand: MakeCommand): Promise<Measure> {
  makeCommand(0);
  return Promise.resolve(
    byClock(stage, async ({ processes }) => {
      const port = await freePort();
      const [command, ...args] = makeCommand(port);
      return async () => {
        const connection = await startListening(processes, port, command, args);
        return async (n) => Number(await connection.get(`${path}?n=${n}`));
      };
    }),
  );
}
