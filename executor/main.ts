/** The executor process: serves the wire on fd 3 until it closes. Started by worker/pool with Node's permission model and an empty environment. */
import { readSync, writeSync } from 'node:fs';
import { Executor } from './executor.ts';
import { FrameReader } from './framing.ts';
import { encodeSignal, frame, maxFrameBytes } from './protocol.ts';

Error.stackTraceLimit = 50;

const wire = 3;
const chunkBytes = 65_536;
/** Reads between two turns of the event loop, in which V8 gets to its own tasks. */
const readsPerTurn = 64;

let chunk = Buffer.allocUnsafeSlow(chunkBytes);
const executor = new Executor(send);
const reader = new FrameReader(maxFrameBytes.toExecutor, (type, body) => executor.handle(type, body));

send(encodeSignal(frame.READY));
serve();

/** One call at a time needs no event loop: blocking reads and writes cost less than half of what a socket with its streams does. */
function serve(): void {
  for (let i = 0; i < readsPerTurn; i++) {
    const length = readSync(wire, chunk);
    if (length === 0) process.exit(0);
    reader.push(chunk.subarray(0, length));
    if (reader.partial) chunk = Buffer.allocUnsafeSlow(chunkBytes);
  }
  setImmediate(serve);
}

/** Everything has left this process when it returns. */
function send(bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(wire, bytes, at);
}
