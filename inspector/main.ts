/** The process that inspects one uploaded module and ends: one request in, one answer out, on the inherited socket on fd 3 (see wire.ts). */
import { Socket } from 'node:net';
import { BantamError } from '../contracts/errors.ts';
import { inspect } from './inspect.ts';
import { type InspectionAnswer, RequestReader } from './wire.ts';

// Half-open: the asker may end its side once it has asked.
const socket = new Socket({ fd: 3, readable: true, writable: true, allowHalfOpen: true });
const requests = new RequestReader();
let answered = false;

// Whoever asked is gone: nothing is left to do.
socket.on('error', () => process.exit(1));
socket.on('end', () => {
  if (!answered) process.exit(1);
});
socket.on('data', (chunk: Buffer) => {
  const request = requests.push(chunk);
  if (!request) return;
  answered = true;
  const answer = answerTo(() => inspect(request.bytes, { maxMemoryBytes: request.maxMemoryBytes }));
  socket.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
});

function answerTo(inspection: () => ReturnType<typeof inspect>): InspectionAnswer {
  try {
    return { ok: true, analysis: inspection() };
  } catch (error) {
    if (error instanceof BantamError) return { ok: false, code: error.code, detail: error.message, extra: error.extra };
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return { ok: false, code: 'INTERNAL', detail: 'the inspection failed', extra: undefined };
  }
}
