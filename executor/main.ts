/** The executor process: serves the wire on fd 3 until it closes. Started by worker/pool with Node's permission model and an empty environment. */
import { Socket } from 'node:net';
import { Executor } from './executor.ts';
import { encodeSignal, frame, FrameReader, maxFrameBytes } from './protocol.ts';

Error.stackTraceLimit = 50;

const wire = new Socket({ fd: 3, readable: true, writable: true });
const executor = new Executor((bytes) => {
  wire.write(bytes);
  return wire.writableLength === 0;
});
const reader = new FrameReader(maxFrameBytes.toExecutor, (type, body) => executor.handle(type, body));

wire.on('data', (chunk: Buffer) => reader.push(chunk));
wire.on('end', () => process.exit(0));
wire.on('error', () => process.exit(0));
wire.write(encodeSignal(frame.READY));
