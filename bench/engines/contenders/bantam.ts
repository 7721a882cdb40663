/** `bantam`: an executor process, as in production: each call finds the instance in its initial state. */
import { readFileSync } from 'node:fs';
import { encodeCall } from '../../../contracts/call.ts';
import type { RunnableArtifact } from '../../../worker/pool/call.ts';
import { residentBytes } from '../../../worker/pool/memory-watch.ts';
import { moduleFile } from '../commands.ts';
import { type Call, type Contender, type Run, verify } from '../contender.ts';
import { BenchExecutor, makeArtifact, prepareLaunch } from '../executor.ts';
import { processorUs } from '../processor.ts';
import type { Program } from '../programs.ts';

export const bantam: Contender = {
  name: 'bantam',
  async describe() {
    const { program } = await prepareLaunch();
    return `V8 ${process.versions.v8}, an executor's flags: ${program.flags.join(' ')}`;
  },
  async prepare({ processes }, program, calls) {
    const launch = await prepareLaunch();
    const module = readFileSync(moduleFile(program.name));
    return {
      async run() {
        const executor = await BenchExecutor.start(processes, launch);
        try {
          return await callOften(executor, program, module, calls);
        } finally {
          await executor.stop();
        }
      },
    };
  },
};

async function callOften(executor: BenchExecutor, program: Program, module: Uint8Array, count: number): Promise<Run> {
  const payload = encodeCall('run', ['i64'], [BigInt(program.n)]);
  const calls: Call[] = [];
  let artifact: RunnableArtifact | undefined;
  let readyUs = 0;
  while (calls.length < count) {
    const before = await processorUs(executor.pid);
    const beganMs = performance.now();
    // The first call of a function on a worker: its module is made an artifact, sent, compiled and instantiated.
    artifact ??= makeArtifact(program.name, module);
    const { body, timing } = await executor.call(artifact, payload);
    const elapsedUs = (performance.now() - beganMs) * 1_000;
    const after = await processorUs(executor.pid);
    if (calls.length === 0) readyUs = timing.loadUs;
    const checksum = Number(Buffer.from(body).toString());
    verify(program, checksum);
    calls.push({ checksum, elapsedUs, processorUs: before === null || after === null ? null : after - before });
  }
  const resident = residentBytes(executor.pid);
  return { calls, readyUs, ...(resident !== undefined && { residentBytes: resident }) };
}
