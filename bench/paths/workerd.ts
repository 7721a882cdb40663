/** `workerd-fresh` and `workerd-reused`: Cloudflare's runtime from npm, the guest instantiated per request, or once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Absent, type Path } from '../path.ts';
import { freePort } from '../processes.ts';
import { fibCall, fibFolder } from './fib.ts';
import { answersHttp } from './http.ts';

export const workerdFresh: Path = workerd('fresh');
export const workerdReused: Path = workerd('reused');

function workerd(instance: 'fresh' | 'reused'): Path {
  return {
    name: `workerd-${instance}`,
    call: fibCall,
    async start({ processes, repository }) {
      const port = await freePort();
      const origin = `http://127.0.0.1:${port}`;
      const [binary, ...args] = workerdCommand(repository, instance, port);
      await processes.serve(binary, args, {}, answersHttp(`${origin}/fn/fib?n=5`));
      return origin;
    },
  };
}

/**
 * @returns what serves the guest on a port of 127.0.0.1
 * @throws Absent when npm has no workerd for this machine
 */
export function workerdCommand(repository: string, instance: 'fresh' | 'reused', port: number): [string, ...string[]] {
  const platform = `${process.platform}-${process.arch === 'x64' ? '64' : process.arch}`;
  // The binary of the platform's own package: the `workerd` command is a Node script around it.
  const binary = join(repository, 'bench/node_modules/@cloudflare', `workerd-${platform}`, 'bin/workerd');
  if (!existsSync(binary)) throw new Absent(`workerd has no binary for ${platform} installed`);
  const config = join(repository, 'bench/peers/workerd/config.capnp');
  return [binary, 'serve', '--import-path', fibFolder(repository), '--socket-addr', `http=127.0.0.1:${port}`, config, instance];
}
