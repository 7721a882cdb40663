/** Asks a throw-away locked process what an uploaded module is. No byte of a module is interpreted in this process. */
import { BantamError } from '../../contracts/errors.ts';
import type { ModuleAnalysis } from '../../contracts/function.ts';
import { encodeInspectionHeader, type InspectionAnswer } from '../../inspector/wire.ts';
import type { LockPlan } from '../../shared/sandbox/locks.ts';
import { type LockedProgram, spawnLocked } from '../../shared/sandbox/spawn.ts';

export const inspectorProgram: LockedProgram = {
  entry: 'inspector/main.ts',
  folders: ['contracts', 'wasm'],
  flags: ['--max-old-space-size=512', '--wasm-max-table-size=100000'],
};

export interface InspectorOptions {
  readonly locks: LockPlan;
  readonly log: { warn(fields: object, message: string): void };
}

/** A module that takes longer is refused; real code takes V8 far less, crafted code any time. */
const patienceMs = 10_000;
/** Far more than the most exports that pass the inspection can be described in. */
const maxAnswerBytes = 67_108_864;
/** Inspections at the same time; further ones wait. */
const maxParallel = 4;
/** Slots of executors start at 1 and are few: these never meet them, so each process has a uid of its own. */
const firstSlot = 3_000;

export class Inspector {
  readonly #options: InspectorOptions;
  readonly #free = Array.from({ length: maxParallel }, (_, i) => firstSlot + i);
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  /**
   * @param maxMemoryBytes the function's `memoryBytes`: a module that declares more is refused
   * @throws BantamError with what is wrong with the module; MODULE_INVALID too when it breaks or outlasts the inspector
   */
  async inspect(bytes: Uint8Array, maxMemoryBytes: number): Promise<ModuleAnalysis> {
    const slot = this.#free.pop() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)));
    try {
      const answer = await this.#ask(bytes, maxMemoryBytes, slot);
      if (!answer.ok) throw new BantamError(answer.code, answer.detail, answer.extra);
      return answer.analysis;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(slot);
      else next(slot);
    }
  }

  #ask(bytes: Uint8Array, maxMemoryBytes: number, slot: number): Promise<InspectionAnswer> {
    const inspector = spawnLocked(inspectorProgram, this.#options.locks, slot);
    const { child, wire } = inspector;
    const answer: Buffer[] = [];
    let answerBytes = 0;
    wire.on('data', (chunk: Buffer) => {
      answerBytes += chunk.length;
      if (answerBytes > maxAnswerBytes) child.kill('SIGKILL');
      else answer.push(chunk);
    });
    wire.write(encodeInspectionHeader({ maxMemoryBytes, sizeBytes: bytes.length }));
    wire.write(bytes);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, patienceMs);
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        const line = Buffer.concat(answer).toString();
        if (line.endsWith('\n')) return resolve(JSON.parse(line) as InspectionAnswer);
        this.#options.log.warn({ code, signal, timedOut, lastWords: inspector.lastWords() }, 'an inspection did not finish');
        const detail = timedOut
          ? `its inspection took longer than ${patienceMs} ms`
          : 'its inspection ended without an answer: it is malformed or too large to compile';
        resolve({ ok: false, code: 'MODULE_INVALID', detail, extra: undefined });
      });
    });
  }
}
