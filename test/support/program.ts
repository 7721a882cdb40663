/** A program of the product as a child process, started as npm starts it: node on a main.ts, configured by its environment alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

const root = join(import.meta.dirname, '..', '..');

export type Environment = Readonly<Record<string, string>>;

export interface ProgramOptions {
  /** Another copy of the project; default: this one. */
  readonly root?: string;
  /** Another user, and its group of the same number. Only as root. */
  readonly uid?: number;
  /** Instead of node on the main file. */
  readonly command?: readonly [string, ...string[]];
}

export class Program {
  readonly child: ChildProcess;
  readonly #killOnExit: () => void;
  #output = '';
  #errors = '';

  /** @param main relative to the project's root, such as `worker/main.ts` */
  constructor(main: string, env: Environment, options: ProgramOptions = {}) {
    const [program, ...args] = options.command ?? [process.execPath, main];
    this.child = spawn(program, args, {
      cwd: options.root ?? root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
      this.#errors += chunk.toString();
    });
    this.#killOnExit = (): void => void this.child.kill('SIGKILL');
    process.on('exit', this.#killOnExit);
    this.child.once('exit', () => process.off('exit', this.#killOnExit));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Everything it printed so far, stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** What of it went to stderr. */
  get errors(): string {
    return this.#errors;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits for a match in what it printed. @throws with the output when it ends or the time is over first */
  async prints(pattern: RegExp, timeoutMs = 15_000): Promise<RegExpMatchArray> {
    return eventually(
      () => {
        const found = pattern.exec(this.#output);
        if (found === null)
          throw new Error(`${this.running ? 'not printed yet' : 'ended without printing'} ${String(pattern)}: ${this.#output}`);
        return found;
      },
      { timeoutMs },
    );
  }

  /** Waits for the end. @returns the exit code, null when a signal ended it */
  async ended(): Promise<number | null> {
    if (this.running) await once(this.child, 'close');
    return this.child.exitCode;
  }

  /** Sends a signal and waits for the end. @returns the exit code, null when a signal ended it */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.running) return this.child.exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
    return this.child.exitCode;
  }
}
