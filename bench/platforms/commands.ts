/** Local programs, a process per call: native code and runtimes, with no platform. */
import { join } from 'node:path';
import { Absent, type Stage } from '../path.ts';
import { fibFolder } from '../paths/fib.ts';
import { guestFile } from './guest.ts';
import type { Platform } from './platform.ts';
import { byClock } from './timing.ts';

/** A program and its arguments; n follows. */
type Command = readonly [string, ...string[]];

export const nativeClang: Platform = native('clang');
export const nativeGcc: Platform = native('gcc');

export const wasmtimeRun: Platform = program('wasmtime-run', '1.71 s, wasmer', async ({ processes, repository }) => {
  await needOnPath(processes, 'wasmtime');
  return ['wasmtime', 'run', '--invoke', 'fib', guestFile(repository)];
});

export const nodeRun: Platform = program('node-run', '', ({ repository }) => Promise.resolve(nodeCommand(repository)));

/** @returns what runs the guest in a Node of its own */
export function nodeCommand(repository: string): Command {
  return [process.execPath, join(repository, 'bench/peers/node-run/main.js'), guestFile(repository)];
}

/** @throws Absent */
export async function needOnPath(processes: Stage['processes'], command: string): Promise<void> {
  if (!(await processes.isOnPath(command))) throw new Absent(`${command} is not on the PATH`);
}

/** Compiled where the benchmark runs: a compiler of this machine against one of this machine. */
function native(compiler: 'clang' | 'gcc'): Platform {
  return program(`native-${compiler}`, '0.70 s, C', async ({ processes, repository }) => {
    await needOnPath(processes, compiler);
    const binary = join(processes.temporaryFolder(), 'fib');
    // The attribute that names the export means nothing to a native compiler.
    const options = ['-O3', '-Wno-attributes', '-Wno-unknown-attributes', '-o', binary];
    await processes.run(compiler, [...options, join(repository, 'bench/peers/native/main.c'), join(fibFolder(repository), 'fib.c')]);
    return [binary];
  });
}

function program(name: string, research: string, prepare: (stage: Stage) => Promise<Command>): Platform {
  return {
    name,
    cold: 'a process, which ends with the call',
    warm: 'the same: a process each',
    research,
    async prepare(stage) {
      const [command, ...args] = await prepare(stage);
      return byClock(stage, ({ processes }) => {
        return Promise.resolve(() => Promise.resolve(async (n) => Number(await processes.run(command, [...args, `${n}`]))));
      });
    },
  };
}
