/** The processes of a run: started, waited for, and stopped whatever happens. Each is the leader of a process group, so that nothing it started stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const stopWithinMs = 10_000;
const keptOutputChars = 2_000;

interface Started {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  /** The end of what it wrote to stderr and stdout, for the message when it fails. */
  tail: string;
}

export class Processes {
  readonly #environment: NodeJS.ProcessEnv;
  /** Undone in reverse order: a server before the database it uses. */
  readonly #cleanups: (() => Promise<void>)[] = [];
  #stopping: Promise<void> | undefined;

  /** @param environment what every process gets, besides what it is started with */
  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** @returns a part that can be stopped before the rest, and is stopped with it */
  part(): Processes {
    const part = new Processes(this.#environment);
    this.onStop(() => part.stop());
    return part;
  }

  /**
   * Starts a server and waits until `answers` resolves true.
   * @throws Error with the end of its output when it exits before that, or 60 s pass
   */
  async serve(command: string, args: readonly string[], environment: NodeJS.ProcessEnv, answers: () => Promise<boolean>): Promise<void> {
    const started = this.#start(command, args, environment);
    const name = [command, ...args].join(' ');
    const giveUpAtMs = Date.now() + 60_000;
    for (;;) {
      if (await answers().catch(() => false)) break;
      if (hasEnded(started.child)) throw new Error(`${name} ended: ${started.tail.trim()}`);
      if (Date.now() > giveUpAtMs) throw new Error(`${name} did not answer: ${started.tail.trim()}`);
      await Promise.race([started.closed, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    void started.closed.then(() => {
      const { exitCode, signalCode } = started.child;
      if (!this.stopping) console.error(`${name} ended on its own with ${signalCode ?? exitCode}: ${started.tail.trim()}`);
    });
  }

  /**
   * Runs a command to its end.
   * @returns what it wrote to stdout
   * @throws Error when it cannot be started or does not exit with 0
   */
  async run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const started = this.#start(command, args, environment);
    let output = '';
    started.child.stdout?.on('data', (text: string) => (output += text));
    await started.closed;
    if (started.child.exitCode !== 0) throw new Error(`${command} failed: ${started.tail.trim()}`);
    return output;
  }

  async isOnPath(command: string): Promise<boolean> {
    return this.run(command, ['--version']).then(
      () => true,
      // wrk prints its version and exits with 1: only one that cannot be started is not there.
      (error: unknown) => !(error instanceof Error && error.message.includes('ENOENT')),
    );
  }

  /** @returns a new folder that is removed in the end */
  temporaryFolder(): string {
    this.#refuseWhenStopping();
    const folder = mkdtempSync(join(tmpdir(), 'bantam-bench-'));
    this.onStop(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  /** Has `cleanup` called by stop(), before what was registered earlier. */
  onStop(cleanup: () => Promise<void>): void {
    this.#refuseWhenStopping();
    this.#cleanups.push(cleanup);
  }

  /** Whether stop() was called: what fails from then on fails because of it. */
  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Stops everything; further calls wait for the first. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      for (const cleanup of this.#cleanups.toReversed()) await cleanup().catch((error: unknown) => console.error(error));
    })();
    return this.#stopping;
  }

  /** What came too late to be stopped must not start. */
  #refuseWhenStopping(): void {
    if (this.stopping) throw new Error('stopping');
  }

  #start(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Started {
    this.#refuseWhenStopping();
    const child = spawn(command, args, {
      detached: true,
      env: { ...this.#environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started: Started = { child, closed: new Promise((resolve) => child.once('close', resolve)), tail: '' };
    const keep = (text: string): void => {
      started.tail = (started.tail + text).slice(-keptOutputChars);
    };
    child.on('error', (error) => keep(error.message));
    child.on('exit', () => killGroup(child));
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    this.onStop(() => stopGroup(started));
    return started;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** SIGTERM to the leader, SIGKILL to the whole group when it takes too long. */
async function stopGroup({ child, closed }: Started): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), stopWithinMs);
  await closed;
  clearTimeout(timer);
}

/** Whatever a process started ends with it. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is empty: nothing was left.
  }
}

/** @returns a TCP port of 127.0.0.1 that was free a moment ago */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}
