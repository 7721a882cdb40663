/** The paths of `kinds` over HTTP: every guest on one embedded server, and other servers for wasi:http. */
import { join } from 'node:path';
import { publish } from '../paths/bantam.ts';
import { startEmbedded } from '../paths/bantam-embedded.ts';
import { answersHttp } from '../paths/http.ts';
import { Absent, type Path, type Stage } from '../path.ts';
import { freePort, type Processes } from '../processes.ts';
import { type Guest, type GuestName, readGuest } from './guest.ts';

/** @param stage of all paths: the server is not one path's */
export function servedPaths(stage: Stage, names: readonly GuestName[]): Path[] {
  let server: Promise<string> | undefined;
  const ours = names.map((name): Path => {
    const guest = readGuest(stage.repository, name);
    return {
      name,
      call: guest.call,
      async start() {
        server ??= startEmbedded(stage);
        const origin = await server;
        await publish(origin, name, guest.module, guest.entry);
        return `${origin}/fn/${name}`;
      },
    };
  });
  return names.includes('http-hello') ? [...ours, ...otherServers(readGuest(stage.repository, 'http-hello'))] : ours;
}

/** Starts a server on a port, and waits until it answers. */
type Start = (processes: Processes, repository: string, port: number) => Promise<void>;

function otherServers(guest: Guest): Path[] {
  const path = (name: string, start: Start): Path => ({
    name,
    call: guest.call,
    async start({ processes, repository }) {
      const port = await freePort();
      await start(processes, repository, port);
      return `http://127.0.0.1:${port}`;
    },
  });
  const jco = (...options: string[]): Start => {
    return (processes, repository, port) => {
      const program = join(repository, 'bench/node_modules/@bytecodealliance/jco/dist/jco.js');
      const args = [program, 'serve', '--host', '127.0.0.1', '--port', `${port}`, ...options, guest.module];
      return processes.serve(process.execPath, args, {}, answersHttp(`http://127.0.0.1:${port}/`));
    };
  };
  return [
    path('jco-serve-reused', jco()),
    path('jco-serve-fresh', jco('--isolate-requests=instance')),
    path('wasmtime-serve-pooled', wasmtime(guest, 'y')),
    path('wasmtime-serve-unpooled', wasmtime(guest, 'n')),
  ];
}

/** By default it takes instances from a pool; builds of it are without that. */
function wasmtime({ module }: Guest, pooling: 'y' | 'n'): Start {
  return async (processes, _, port) => {
    if (!(await processes.isOnPath('wasmtime'))) throw new Absent('wasmtime is not on the PATH');
    const args = ['serve', '--addr', `127.0.0.1:${port}`, '-O', `pooling-allocator=${pooling}`, '-Scli', module];
    try {
      await processes.serve('wasmtime', args, {}, answersHttp(`http://127.0.0.1:${port}/`));
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      if (message.includes('disabled at compile time')) throw new Absent(`this wasmtime cannot: ${message}`);
      throw error;
    }
  };
}
