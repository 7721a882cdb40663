/**
 * One executor process as its worker sees it.
 *
 *   booting -> idle <-> busy      ready, between batches, running a batch
 *   any     -> dying -> gone      killed or retired; the process may still have replies on the wire until it is gone
 *
 * Calls of a batch run in order and each reply leaves before the next call starts, so the first unanswered call is the one running and
 * those behind it have not started. Those may be taken back (`takeBack`) when the running one is slow: the executor then ends the batch by
 * itself (executor/protocol.ts, batchPatienceUs), so nothing runs twice.
 */
import { pageBytes } from '../../contracts/limits.ts';
import type { Reply } from '../../contracts/invocation.ts';
import { FrameReader } from '../../executor/framing.ts';
import {
  decodeAnswer,
  decodeFailure,
  encodeBatch,
  encodeDrop,
  encodeLoad,
  frame,
  maxFrameBytes,
  monotonicUs,
  type WireAnswer,
  type WireFailure,
} from '../../executor/protocol.ts';
import { ByteLru } from '../../shared/lru.ts';
import type { LockedProcess } from '../../shared/sandbox/spawn.ts';
import type { PooledCall } from './call.ts';

export type ExecutorState = 'booting' | 'idle' | 'busy' | 'dying' | 'gone';

export interface ExecutorEvents {
  /** READY, or the last call of a batch was answered: `idle` now. */
  idle(executor: ExecutorHandle): void;
  replied(call: PooledCall, reply: Reply): void;
  /** Calls that have not started and must run elsewhere, in order. */
  returned(calls: PooledCall[]): void;
  /** The process has ended and its wire is read to the end. `running` had started and will have no reply. */
  gone(executor: ExecutorHandle, running: PooledCall | undefined, lastWords: string): void;
}

export class ExecutorHandle {
  readonly slot: number;
  readonly bornAtMs = performance.now();
  /** Resolves when the process has ended and everything it sent was read. */
  readonly ended: Promise<void>;
  #state: ExecutorState = 'booting';
  #calls = 0;
  #idleSinceMs = 0;
  #receivedBytes = 0;
  readonly #process: LockedProcess;
  readonly #events: ExecutorEvents;
  readonly #loaded: ByteLru<string, number>;
  #nextArtifact = 1;
  #nextSeq = 1;
  /** Unanswered calls of the batch in order; the first one is running. */
  #batch: PooledCall[] = [];
  #firstSeq = 0;
  /** Calls were taken back: the executor will say BATCH_ENDED. */
  #tookBack = false;
  /** The running call was taken out by `stop`, so what is left in the batch has not started. */
  #stopped = false;
  #runningSinceUs = 0;
  /** How it broke the protocol. */
  #broken: string | undefined;

  /** @param moduleCacheBytes bound of the modules kept compiled in this executor, by their size as wasm */
  constructor(locked: LockedProcess, slot: number, moduleCacheBytes: number, events: ExecutorEvents) {
    this.#process = locked;
    this.slot = slot;
    this.#events = events;
    this.#loaded = new ByteLru(moduleCacheBytes, (_key, artifact) => this.#write(encodeDrop(artifact)));
    const reader = new FrameReader(maxFrameBytes.fromExecutor, (type, body) => this.#receive(type, body));
    locked.wire.on('data', (chunk: Buffer) => {
      this.#receivedBytes += chunk.length;
      if (this.#broken !== undefined) return;
      try {
        reader.push(chunk);
      } catch (error) {
        // Nothing an executor sends, broken or taken over by a guest, may hurt its worker.
        this.#broken = String(error);
        this.kill();
      }
    });
    // 'close' comes after 'exit' and after every stream has ended, so all replies have been read by then.
    this.ended = new Promise((resolve) => {
      locked.child.once('close', () => {
        this.#end();
        resolve();
      });
    });
  }

  /** Monotonic milliseconds at which it last became idle. */
  get idleSinceMs(): number {
    return this.#idleSinceMs;
  }

  get state(): ExecutorState {
    return this.#state;
  }

  /** Calls answered so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Bytes read from the wire so far; unchanged over a poll of the event loop means that no reply was there. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The call that is running, if any. */
  get running(): PooledCall | undefined {
    return this.#batch[0];
  }

  /** Calls that wait in this executor behind the running one. */
  get behind(): number {
    return Math.max(0, this.#batch.length - 1);
  }

  /** Microseconds since the running call started, as far as this side can know: never more than the truth. */
  runningForUs(nowUs: number): number {
    return this.#batch.length === 0 ? 0 : nowUs - this.#runningSinceUs;
  }

  hasLoaded(artifactKey: string): boolean {
    return this.#loaded.has(artifactKey);
  }

  /** Only when idle. */
  dispatch(calls: PooledCall[]): void {
    const frames: Buffer[] = [];
    this.#firstSeq = this.#nextSeq;
    const wireCalls = calls.map((call) => ({
      seq: this.#nextSeq++,
      artifact: this.#load(call, frames),
      reuse: call.invocation.target.reuse,
      payload: call.invocation.payload,
    }));
    this.#state = 'busy';
    this.#batch = calls;
    this.#tookBack = false;
    this.#runningSinceUs = monotonicUs();
    frames.push(encodeBatch(this.#runningSinceUs, wireCalls));
    this.#write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  /** Takes back what waits behind the running call. Only when that has been running for longer than the executor's patience, see the class. */
  takeBack(): PooledCall[] {
    const behind = this.#batch.splice(1);
    if (behind.length > 0) this.#tookBack = true;
    return behind;
  }

  /**
   * Ends the process at once. What had not started is returned once the process is gone.
   * @returns the call that was running; its reply is the caller's to give
   */
  stop(): PooledCall | undefined {
    this.kill();
    if (this.#stopped) return undefined;
    this.#stopped = true;
    this.#firstSeq++;
    return this.#batch.shift();
  }

  /** Ends the process at once; a running call is then told by `gone`. */
  kill(): void {
    if (this.#state === 'gone') return;
    this.#state = 'dying';
    this.#process.child.kill('SIGKILL');
  }

  /** Lets an idle executor end by itself. */
  retire(): void {
    this.#state = 'dying';
    this.#process.wire.end();
  }

  #load(call: PooledCall, frames: Buffer[]): number {
    const { key, bytes, memory } = call.artifact;
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const artifact = this.#nextArtifact++;
    const { kind, memoryPages, settings } = call.invocation.target;
    const { args, env } = settings ?? { args: [], env: [] };
    frames.push(encodeLoad({ artifact, kind, memory, memoryBytes: memoryPages * pageBytes, args, env, assets: undefined, module: bytes }));
    this.#loaded.set(key, artifact, bytes.length);
    return artifact;
  }

  #write(bytes: Buffer): void {
    if (this.#process.wire.writable) this.#process.wire.write(bytes);
  }

  #receive(type: number, body: Buffer): void {
    if (type === frame.ANSWER) this.#reply(decodeAnswer(body));
    else if (type === frame.FAILURE) this.#reply(decodeFailure(body));
    else if (type === frame.BATCH_ENDED) this.#batchEnded();
    else if (type === frame.READY) this.#becomeIdle();
    else throw new Error(`it sent an unknown frame ${type}`);
  }

  #reply(reply: WireAnswer | WireFailure): void {
    // The reply of a call that `stop` took out was on its way.
    if (reply.seq < this.#firstSeq) return;
    const call = this.#batch.shift();
    if (call === undefined || reply.seq !== this.#firstSeq) throw new Error('it answered a call that it was not given');
    this.#firstSeq++;
    this.#calls++;
    this.#runningSinceUs = monotonicUs();
    const timing = { loadUs: reply.loadUs, runUs: reply.runUs };
    this.#events.replied(
      call,
      'code' in reply
        ? { ok: false, code: reply.code, detail: reply.detail, extra: reply.extra, timing }
        : { ok: true, status: reply.status, headers: reply.headers, body: reply.body, start: reply.start, timing },
    );
    if (this.#batch.length === 0 && !this.#tookBack) this.#becomeIdle();
  }

  #batchEnded(): void {
    const rest = this.#batch;
    this.#batch = [];
    this.#tookBack = false;
    if (rest.length > 0) this.#events.returned(rest);
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    if (this.#state !== 'busy' && this.#state !== 'booting') return;
    this.#state = 'idle';
    this.#idleSinceMs = performance.now();
    this.#events.idle(this);
  }

  #end(): void {
    this.#state = 'gone';
    const rest = this.#batch;
    const running = this.#stopped ? undefined : rest.shift();
    this.#batch = [];
    if (rest.length > 0) this.#events.returned(rest);
    this.#events.gone(this, running, this.#broken ?? this.#process.lastWords());
  }
}
