/** A Redis of its own for one path, without persistence, on a free port. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Absent, type Stage } from '../path.ts';
import { freePort } from '../processes.ts';

/**
 * @returns its port on 127.0.0.1
 * @throws Absent when redis-server is not on the PATH
 */
export async function startRedis({ processes }: Stage): Promise<number> {
  if (!(await processes.isOnPath('redis-server'))) throw new Absent('redis-server is not on the PATH');
  const port = await freePort();
  const folder = processes.temporaryFolder();
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
  ];
  await processes.serve('redis-server', settings, {}, async () => {
    const socket = connect(port, '127.0.0.1');
    try {
      socket.write('PING\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return answer.toString() === '+PONG\r\n';
    } finally {
      socket.destroy();
    }
  });
  return port;
}
