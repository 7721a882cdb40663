/** `node server.mjs`: the bundle as a container of OpenWhisk's docker actions, POST /init and /run on PORT, 8080 by default. */
import { createServer } from 'node:http';
import { main } from '../main.ts';
import { answerTo } from './proxy.ts';

const port = Number(process.env['PORT'] ?? 8080);
const server = createServer(answerTo({ run: main, environment: process.env, write: (line) => endLogs(line) }));
server.listen(port);
process.once('SIGTERM', () => process.exit(0));

/** The end of a call's logs is marked in both. */
function endLogs(line: string): void {
  process.stdout.write(line);
  process.stderr.write(line);
}
