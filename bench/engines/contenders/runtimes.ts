/** Runtimes that are commands: a process per call, which compiles the module, or loads what was compiled ahead of time. */
import { join } from 'node:path';
import { Absent, type Stage } from '../../path.ts';
import { moduleFile, timed, versionOf } from '../commands.ts';
import { type Contender, verify } from '../contender.ts';

type Arguments = (file: string, n: string) => string[];

interface Runtime {
  readonly command: string;
  readonly run: Arguments;
  readonly ahead: {
    readonly command: string;
    readonly compile: (file: string, compiled: string) => string[];
    /** Of the compiled file; some runtimes go by it. */
    readonly extension: string;
    readonly run: Arguments;
  };
  /** Given an empty folder: where it keeps what it compiled, so that every process compiles. */
  readonly cacheVariable?: string;
}

const runtimes: readonly Runtime[] = [
  {
    command: 'wasmtime',
    run: (file, n) => ['run', '-C', 'cache=n', '--invoke', 'run', file, n],
    ahead: {
      command: 'wasmtime',
      compile: (file, compiled) => ['compile', '-o', compiled, file],
      extension: 'cwasm',
      run: (file, n) => ['run', '--allow-precompiled', '--invoke', 'run', file, n],
    },
  },
  {
    command: 'wasmer',
    run: (file, n) => ['run', '--invoke', 'run', file, n],
    ahead: {
      command: 'wasmer',
      compile: (file, compiled) => ['compile', '-o', compiled, file],
      extension: 'wasmu',
      run: (file, n) => ['run', '--invoke', 'run', file, n],
    },
    cacheVariable: 'WASMER_CACHE_DIR',
  },
  {
    command: 'wasmedge',
    run: (file, n) => ['--reactor', file, 'run', n],
    ahead: {
      command: 'wasmedge',
      compile: (file, compiled) => ['compile', file, compiled],
      extension: 'so',
      run: (file, n) => ['--reactor', file, 'run', n],
    },
  },
  {
    command: 'iwasm',
    run: (file, n) => ['-f', 'run', file, n],
    ahead: {
      command: 'wamrc',
      compile: (file, compiled) => ['-o', compiled, file],
      extension: 'aot',
      run: (file, n) => ['-f', 'run', file, n],
    },
  },
];

/** Each runtime as it is, and with its ahead-of-time compiler. */
export const runtimeContenders: readonly Contender[] = runtimes.flatMap((runtime) => [justInTime(runtime), aheadOfTime(runtime)]);

function justInTime(runtime: Runtime): Contender {
  const { command, run } = runtime;
  return {
    name: command,
    describe: (stage) => versionOf(stage, command),
    prepare: (stage, program) =>
      Promise.resolve({
        async run() {
          const args = run(moduleFile(program.name), `${program.n}`);
          const { output, elapsedUs } = await timed(stage, command, args, uncached(stage, runtime));
          verify(program, parseAnswer(output));
          return { processUs: elapsedUs };
        },
      }),
  };
}

function aheadOfTime({ command, ahead }: Runtime): Contender {
  return {
    name: `${command}-aot`,
    async describe(stage) {
      const version = await versionOf(stage, command);
      if (ahead.command !== command) return `${version}, ${await versionOf(stage, ahead.command)}`;
      // Builds can be without it, and without `--help`, too.
      const [file, compiled] = [moduleFile('fib'), join(stage.processes.temporaryFolder(), `fib.${ahead.extension}`)];
      await stage.processes.run(command, ahead.compile(file, compiled)).catch(() => {
        throw new Absent(`the ${command} on the PATH has no \`compile\``);
      });
      return version;
    },
    async prepare(stage, program) {
      const compiled = join(stage.processes.temporaryFolder(), `${program.name}.${ahead.extension}`);
      const { elapsedUs: aheadUs } = await timed(stage, ahead.command, ahead.compile(moduleFile(program.name), compiled));
      return {
        aheadUs,
        async run() {
          const { output, elapsedUs } = await timed(stage, command, ahead.run(compiled, `${program.n}`));
          verify(program, parseAnswer(output));
          return { processUs: elapsedUs };
        },
      };
    },
  };
}

function uncached({ processes }: Stage, { cacheVariable }: Runtime): NodeJS.ProcessEnv {
  return cacheVariable === undefined ? {} : { [cacheVariable]: processes.temporaryFolder() };
}

/** @returns the i32 that a runtime printed last: `-267`, `4294967029`, or with its type, `0xfffffef5:i32` */
export function parseAnswer(output: string): number {
  const text = (output.trim().split('\n').at(-1) ?? '').replace(/:i32$/, '');
  return text === '' ? NaN : Number(text) | 0;
}
