/** `v8` and `v8-kept`: V8 as Node starts it, without any flag; a fresh instance for each call, and one for all. */
import { join } from 'node:path';
import { moduleFile, timed } from '../commands.ts';
import { type Contender, type Run, verify } from '../contender.ts';
import type { Program } from '../programs.ts';

type Report = Required<Omit<Run, 'processUs'>>;

export const v8: Contender = inNode('v8', 'fresh');
export const v8Kept: Contender = inNode('v8-kept', 'kept');

function inNode(name: string, instances: 'fresh' | 'kept'): Contender {
  return {
    name,
    describe: () => Promise.resolve(`V8 ${process.versions.v8}, Node ${process.versions.node}, default flags, ${instances} instances`),
    prepare(stage, program, calls) {
      const main = join(stage.repository, 'bench/peers/v8/main.js');
      const start = (count: number): ReturnType<typeof timed> =>
        timed(stage, process.execPath, [main, moduleFile(program.name), `${program.n}`, `${count}`, instances]);
      return Promise.resolve({
        async run() {
          const often = parseReport(program, (await start(calls)).output);
          // With one call there is no difference between the two.
          if (instances === 'kept') return often;
          const { output, elapsedUs } = await start(1);
          parseReport(program, output);
          return { ...often, processUs: elapsedUs };
        },
      });
    },
  };
}

/** @throws Error when an answer is wrong */
function parseReport(program: Program, output: string): Report {
  const report = JSON.parse(output) as Report;
  for (const { checksum } of report.calls) verify(program, checksum);
  return report;
}
