/** The process that answers one question about one module and ends: request in, answer out, on the inherited socket on fd 3 (see wire.ts). */
import { Socket } from 'node:net';
import { BantamError } from '../contracts/errors.ts';
import { describe } from './describe.ts';
import { inspect } from './inspect.ts';
import { type DescriptionAnswer, type InspectionAnswer, type InspectionRequest, RequestReader } from './wire.ts';

// Half-open: the asker may end its side once it has asked.
const socket = new Socket({ fd: 3, readable: true, writable: true, allowHalfOpen: true });
const requests = new RequestReader();
let asked = false;

// Whoever asked is gone: nothing is left to do.
socket.on('error', () => process.exit(1));
socket.on('end', () => {
  if (!asked) process.exit(1);
});
socket.on('data', (chunk: Buffer) => {
  const request = requests.push(chunk);
  if (!request) return;
  asked = true;
  void answer(request).then((reply) => socket.write(`${JSON.stringify(reply)}\n`, () => process.exit(0)));
});

async function answer(request: InspectionRequest): Promise<InspectionAnswer | DescriptionAnswer> {
  try {
    if (request.ask === 'describe') return { ok: true, description: await describe(request.bytes) };
    return { ok: true, analysis: await inspect(request.bytes, request) };
  } catch (error) {
    if (error instanceof BantamError) return { ok: false, code: error.code, detail: error.message, extra: error.extra };
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return { ok: false, code: 'INTERNAL', detail: 'the inspection failed', extra: undefined };
  }
}
