/** `clang` and `gcc`: the programs as native code, compiled on this machine, and what of that serves wasm2c, too. */
import { join } from 'node:path';
import type { Stage } from '../../path.ts';
import { sourceFile, timed, versionOf } from '../commands.ts';
import { type Call, type Contender, type Run, verify } from '../contender.ts';
import type { Program } from '../programs.ts';

/** No fused multiply-add: wasm has none, and it rounds otherwise. */
export const nativeFlags = ['-O3', '-ffp-contract=off'];

/** The main program, which calls `run`. */
export const nativeMain = sourceFile('native');

export const clang: Contender = native('clang');
export const gcc: Contender = native('gcc');

function native(compiler: string): Contender {
  return {
    name: compiler,
    describe: async (stage) => `${await versionOf(stage, compiler)}, ${nativeFlags.join(' ')}`,
    async prepare(stage, program, calls) {
      const binary = join(stage.processes.temporaryFolder(), program.name);
      await stage.processes.run(compiler, [...nativeFlags, '-o', binary, sourceFile(program.name), nativeMain]);
      return { run: () => runBinary(stage, binary, program, calls) };
    },
  };
}

/** Runs what was linked with `nativeMain`: one process with one call, and one with as many as are wanted. */
export async function runBinary(stage: Stage, binary: string, program: Program, calls: number): Promise<Run> {
  const once = await timed(stage, binary, [`${program.n}`, '1']);
  parseCalls(program, once.output);
  const often = await timed(stage, binary, [`${program.n}`, `${calls}`]);
  return { processUs: once.elapsedUs, calls: parseCalls(program, often.output) };
}

/** @throws Error when an answer is wrong */
function parseCalls(program: Program, output: string): Call[] {
  return output
    .trim()
    .split('\n')
    .map((line) => {
      const [checksum = NaN, elapsedUs = NaN, processorUs = NaN] = line.split(' ').map(Number);
      verify(program, checksum);
      return { checksum, elapsedUs, processorUs };
    });
}
