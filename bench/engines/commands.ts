/** What the contenders that are commands have in common: whether they are there, how long a process takes, and the files of a program. */
import { join } from 'node:path';
import { Absent, type Stage } from '../path.ts';

const folder = import.meta.dirname;

/** @returns the module that all contenders run which run wasm */
export function moduleFile(program: string): string {
  return join(folder, 'wasm', `${program}.wasm`);
}

export function sourceFile(program: string): string {
  return join(folder, 'programs', `${program}.c`);
}

/** @returns the first line of `--version`. @throws Absent when the command is not on the PATH */
export async function versionOf({ processes }: Stage, command: string): Promise<string> {
  try {
    return (await processes.run(command, ['--version'])).split('\n', 1)[0] ?? '';
  } catch (error) {
    throw error instanceof Error && error.message.includes('ENOENT') ? new Absent(`${command} is not on the PATH`) : error;
  }
}

/** Runs a command to its end. @returns what it wrote to stdout, and how long it took from its start to its end */
export async function timed(
  { processes }: Stage,
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ output: string; elapsedUs: number }> {
  const beganMs = performance.now();
  const output = await processes.run(command, args, environment);
  return { output, elapsedUs: (performance.now() - beganMs) * 1_000 };
}
