/** Asks a throw-away locked process what an uploaded module is, or which types a published one has. No byte of a module is interpreted in this process. */
import { BantamError } from '../../contracts/errors.ts';
import type { ModuleAnalysis } from '../../contracts/function.ts';
import { pageBytes } from '../../contracts/limits.ts';
import {
  type ComponentDescription,
  type DescriptionAnswer,
  encodeInspectionHeader,
  type InspectionAnswer,
  type Question,
  type Refusal,
} from '../../inspector/wire.ts';
import type { LockPlan } from '../../shared/sandbox/locks.ts';
import { loadProgram, type Program } from '../../shared/sandbox/program.ts';
import { spawnLocked } from '../../shared/sandbox/spawn.ts';

export const inspectorEntry = 'inspector/main.ts';

/** Loads it anew: once per server. */
export function loadInspector(): Program {
  return loadProgram({
    entry: inspectorEntry,
    packages: ['@bytecodealliance/jco-transpile', '@bytecodealliance/preview2-shim'],
    // jco is WebAssembly that runs once: V8's optimising compiler costs it three times what it gains.
    flags: ['--max-old-space-size=512', '--wasm-max-table-size=100000', '--no-wasm-dynamic-tiering', '--no-wasm-tier-up'],
  });
}

export interface InspectorOptions {
  readonly locks: LockPlan;
  readonly log: { warn(fields: object, message: string): void };
}

/** A module that takes longer is refused; real code takes V8 far less, crafted code any time. */
const patienceMs = 10_000;
/** Far more than the most exports that pass the inspection can be described in. */
const maxAnswerBytes = 67_108_864;
/** Most linear memory of jco, 1 GiB: a component of 12 MB takes it 0.4 GB. The flag also bounds what a module may declare. */
const jcoPages = 16_384;
/** Inspections at the same time; further ones wait. */
const maxParallel = 4;
/** Slots of executors start at 1 and are few: these never meet them, so each process has a uid of its own. */
const firstSlot = 3_000;

export class Inspector {
  readonly #options: InspectorOptions;
  readonly #program = loadInspector();
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
    const answer = await this.#inSlot((slot) => this.#ask<InspectionAnswer>({ ask: 'inspect', maxMemoryBytes }, bytes, slot));
    if (!answer.ok) throw new BantamError(answer.code, answer.detail, answer.extra);
    return answer.analysis;
  }

  /**
   * @param bytes a module that was published
   * @throws BantamError MODULE_UNSUPPORTED when it is no component, MODULE_INVALID when it breaks or outlasts the inspector
   */
  async describe(bytes: Uint8Array): Promise<ComponentDescription> {
    const answer = await this.#inSlot((slot) => this.#ask<DescriptionAnswer>({ ask: 'describe' }, bytes, slot));
    if (!answer.ok) throw new BantamError(answer.code, answer.detail, answer.extra);
    return answer.description;
  }

  async #inSlot<T>(work: (slot: number) => Promise<T>): Promise<T> {
    const slot = this.#free.pop() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(slot);
      else next(slot);
    }
  }

  #ask<Answer>(question: Question, bytes: Uint8Array, slot: number): Promise<Answer | Refusal> {
    const pages = Math.max(jcoPages, question.ask === 'inspect' ? Math.floor(question.maxMemoryBytes / pageBytes) : 0);
    const program = { ...this.#program, flags: [...this.#program.flags, `--wasm-max-mem-pages=${pages}`] };
    const inspector = spawnLocked(program, this.#options.locks, slot);
    const { child, wire } = inspector;
    const answer: Buffer[] = [];
    let answerBytes = 0;
    wire.on('data', (chunk: Buffer) => {
      answerBytes += chunk.length;
      if (answerBytes > maxAnswerBytes) child.kill('SIGKILL');
      else answer.push(chunk);
    });
    wire.write(encodeInspectionHeader({ ...question, sizeBytes: bytes.length }));
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
        if (line.endsWith('\n')) return resolve(JSON.parse(line) as Answer);
        this.#options.log.warn({ code, signal, timedOut, lastWords: inspector.lastWords() }, 'an inspection did not finish');
        const detail = timedOut
          ? `its inspection took longer than ${patienceMs} ms`
          : 'its inspection ended without an answer: it is malformed or too large to compile';
        resolve({ ok: false, code: 'MODULE_INVALID', detail, extra: undefined });
      });
    });
  }
}
