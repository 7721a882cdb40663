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
import type { Reply } from '../../contracts/invocation.ts';
import { FrameReader } from '../../executor/framing.ts';
import {
  decodeAnswer,
  decodeFailure,
  encodeBatch,
  encodeDrop,
  frame,
  maxFrameBytes,
  monotonicUs,
  type WireAnswer,
  type WireFailure,
} from '../../executor/protocol.ts';
import { ByteLru } from '../../shared/lru.ts';
import type { LockedProcess } from '../../shared/sandbox/spawn.ts';
import { Batch } from './batch.ts';
import type { PooledCall } from './call.ts';
import { artifactBytes, loadFrame, logOf, replyOf } from './wire.ts';

export type ExecutorState = 'booting' | 'idle' | 'busy' | 'dying' | 'gone';

export interface ExecutorEvents {
  /** READY, or the last call of a batch was answered: `idle` now. */
  idle(executor: ExecutorHandle): void;
  replied(call: PooledCall, reply: Reply): void;
  /** The guest wrote to its log; its reply comes next. @param log a view, good until this returns */
  logged(call: PooledCall, log: Buffer): void;
  /** Calls that have not started and must run elsewhere, in order. */
  returned(calls: PooledCall[]): void;
  /** The process has ended and its wire is read to the end. `running` had started and will have no reply. */
  gone(executor: ExecutorHandle, running: PooledCall | undefined, lastWords: string): void;
}

export class ExecutorHandle {
  readonly slot: number;
  /** Whose guests it runs; undefined: nobody's yet. Set once, by the fleet. */
  namespace: string | undefined;
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
  /** Frames that let the executor forget artifacts: sent behind the batch under way, which may still use them. */
  readonly #drops: Buffer[] = [];
  #nextArtifact = 1;
  #nextSeq = 1;
  #batch = new Batch([], 0);
  #runningSinceUs = 0;
  /** How it broke the protocol. */
  #broken: string | undefined;

  /** @param moduleCacheBytes bound of the modules kept compiled in this executor, by their size as wasm with their assets */
  constructor(locked: LockedProcess, slot: number, moduleCacheBytes: number, events: ExecutorEvents) {
    this.#process = locked;
    this.slot = slot;
    this.#events = events;
    this.#loaded = new ByteLru(moduleCacheBytes, (_key, artifact) => void this.#drops.push(encodeDrop(artifact)));
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
    return this.#batch.running;
  }

  /** Whether it was handed this one and has not answered it. */
  holds(invocationId: string): boolean {
    return this.#batch.has(invocationId);
  }

  /** Calls that wait in this executor behind the running one. */
  get behind(): number {
    return Math.max(0, this.#batch.length - 1);
  }

  /** Microseconds since the running call started, as far as this side can know: never more than the truth. */
  runningForUs(nowUs: number): number {
    return this.#batch.length === 0 ? 0 : nowUs - this.#runningSinceUs;
  }

  /** The artifacts that it keeps, by key. */
  get loaded(): Pick<ByteLru<string, number>, 'has' | 'bytes'> {
    return this.#loaded;
  }

  /** Only when idle. @returns how many of the calls had to bring their module with them */
  dispatch(calls: PooledCall[]): number {
    const firstArtifact = this.#nextArtifact;
    const frames: Buffer[] = [];
    const firstSeq = this.#nextSeq;
    const wireCalls = calls.map((call) => ({
      seq: this.#nextSeq++,
      artifact: this.#load(call, frames),
      reuse: call.invocation.target.reuse,
      payload: call.invocation.payload,
    }));
    this.#state = 'busy';
    this.#batch = new Batch(calls, firstSeq);
    this.#runningSinceUs = monotonicUs();
    frames.push(encodeBatch(this.#runningSinceUs, wireCalls), ...this.#drops.splice(0));
    this.#write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
    return this.#nextArtifact - firstArtifact;
  }

  /** Takes back what waits behind the running call. Only when that has been running for longer than the executor's patience, see the class. */
  takeBack(): PooledCall[] {
    return this.#batch.takeBack();
  }

  /**
   * Ends the process at once. What had not started is returned once the process is gone.
   * @returns the call that was running; its reply is the caller's to give
   */
  stop(): PooledCall | undefined {
    this.kill();
    return this.#batch.stop();
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
    const { key } = call.artifact;
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const artifact = this.#nextArtifact++;
    frames.push(loadFrame(artifact, call));
    this.#loaded.set(key, artifact, artifactBytes(call.artifact));
    return artifact;
  }

  #write(bytes: Buffer): void {
    if (this.#process.wire.writable) this.#process.wire.write(bytes);
  }

  #receive(type: number, body: Buffer): void {
    if (type === frame.ANSWER) this.#reply(decodeAnswer(body));
    else if (type === frame.FAILURE) this.#reply(decodeFailure(body));
    else if (type === frame.LOG) this.#log(logOf(body));
    else if (type === frame.BATCH_ENDED) this.#batchEnded();
    else if (type === frame.READY) this.#becomeIdle();
    else throw new Error(`it sent an unknown frame ${type}`);
  }

  #log({ seq, log }: ReturnType<typeof logOf>): void {
    const call = this.#batch.logged(seq);
    if (call !== undefined) this.#events.logged(call, log);
  }

  #reply(reply: WireAnswer | WireFailure): void {
    const call = this.#batch.answered(reply.seq);
    if (call === undefined) return;
    this.#calls++;
    this.#runningSinceUs = monotonicUs();
    this.#events.replied(call, replyOf(reply));
    if (this.#batch.done) this.#becomeIdle();
  }

  #batchEnded(): void {
    const { running, rest } = this.#batch.end();
    const unstarted = running === undefined ? rest : [running, ...rest];
    this.#batch = new Batch([], 0);
    if (unstarted.length > 0) this.#events.returned(unstarted);
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
    const { running, rest } = this.#batch.end();
    if (rest.length > 0) this.#events.returned(rest);
    this.#events.gone(this, running, this.#broken ?? this.#process.lastWords());
  }
}
