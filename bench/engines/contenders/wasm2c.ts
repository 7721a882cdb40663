/** `wasm2c`: the module as C, compiled by clang ahead of time into a native process. */
import { existsSync, globSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Absent, type Stage } from '../../path.ts';
import { moduleFile, timed, versionOf } from '../commands.ts';
import type { Contender } from '../contender.ts';
import { nativeFlags, nativeMain, runBinary } from './native.ts';

interface Installation {
  readonly command: string;
  /** Folder of wasm-rt.h. */
  readonly headers: string;
  /** Folder of wasm-rt-impl.c. */
  readonly runtime: string;
}

export const wasm2c: Contender = {
  name: 'wasm2c',
  async describe(stage) {
    const { command } = await findInstallation(stage);
    return `wasm2c ${await versionOf(stage, command)}, ${await versionOf(stage, 'clang')}, ${nativeFlags.join(' ')}`;
  },
  async prepare(stage, program, calls) {
    const { command, headers, runtime } = await findInstallation(stage);
    const folder = stage.processes.temporaryFolder();
    const [source, glue, binary] = ['program.c', 'glue.c', 'program'].map((name) => join(folder, name)) as [string, string, string];
    const translated = await timed(stage, command, [moduleFile(program.name), '-n', 'program', '-o', source]);
    writeFileSync(glue, glueFor(readFileSync(join(folder, 'program.h'), 'utf8')));
    const sources = [source, glue, nativeMain, ...globSync(join(runtime, 'wasm-rt*-impl.c'))];
    const include = [`-I${headers}`, `-I${runtime}`, `-I${dirname(nativeMain)}`];
    const compiled = await timed(stage, 'clang', [...nativeFlags, '-w', ...include, '-o', binary, ...sources, '-lm']);
    return { aheadUs: translated.elapsedUs + compiled.elapsedUs, run: () => runBinary(stage, binary, program, calls) };
  },
};

/** @throws Absent when none on the PATH brings its runtime's sources: the one of the npm package `wabt` does not */
async function findInstallation({ processes }: Stage): Promise<Installation> {
  const found = await processes.run('which', ['-a', 'wasm2c']).catch(() => '');
  const commands = found.split('\n').filter((line) => line !== '');
  for (const command of commands) {
    const prefix = join(dirname(realpathSync(command)), '..');
    const installation = { command, headers: join(prefix, 'include'), runtime: join(prefix, 'share/wabt/wasm2c') };
    if (existsSync(join(installation.headers, 'wasm-rt.h')) && existsSync(join(installation.runtime, 'wasm-rt-impl.c')))
      return installation;
  }
  throw new Absent(commands.length === 0 ? 'wasm2c is not on the PATH' : 'no wasm2c on the PATH brings the sources of its runtime');
}

/** @returns C that gives the main program its `run`. @param header what wasm2c declared: how it names functions depends on its version */
export function glueFor(header: string): string {
  const [, instantiate] = /void (\w+_instantiate)\(/.exec(header) ?? [];
  const [, run, instance] = /u32 (\w+_run)\((\w+) ?\*/.exec(header) ?? [];
  // Older ones want a call for the module, too.
  const [, initialise] = /void (\w+_init_module)\(void\)/.exec(header) ?? [];
  if (instantiate === undefined || run === undefined || instance === undefined) throw new Error(`wasm2c declared no \`run\`: ${header}`);
  return `#include "program.h"
#include "run.h"
int32_t run(int64_t n) {
  static ${instance} instance;
  static int ready;
  if (!ready) {
    wasm_rt_init();
    ${initialise === undefined ? '' : `${initialise}();`}
    ${instantiate}(&instance);
    ready = 1;
  }
  return (int32_t)${run}(&instance, (u64)n);
}
`;
}
