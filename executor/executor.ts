/** The executor's loop: artifacts in, batches of calls in, replies out, one call at a time. Knows no kind and no socket. */
import type { StartKind } from '../contracts/invocation.ts';
import {
  batchPatienceUs,
  decodeBatch,
  decodeLoad,
  encodeAnswer,
  encodeFailure,
  encodeSignal,
  frame,
  monotonicUs,
  type WireArtifact,
  type WireCall,
} from './protocol.ts';
import { withLog, withLogEnd } from './guest-log.ts';
import { GuestError } from './guest-error.ts';
import { Instances } from './instances.ts';
import { runners } from './kinds.ts';
import { FailedStart } from './kinds/failed-start.ts';
import type { GuestResponse, RunnerInstance } from './kinds/kind.ts';
import { describeFault } from './trap.ts';

/** A loaded module; what came over the wire is let go once it is compiled. */
interface Artifact {
  loaded: WireArtifact | undefined;
  /** Once it is compiled. */
  instances: Instances | undefined;
  /** Only for functions that keep their instance. */
  kept: RunnerInstance | undefined;
}

const nothing = new Uint8Array(0);

export class Executor {
  readonly #artifacts = new Map<number, Artifact>();
  readonly #send: (bytes: Buffer) => void;
  /** Of the artifact that was called last, unless its instance is kept. */
  #last: Instances | undefined;
  /** The instance of it that has answered, until the answer has left. */
  #answered: RunnerInstance | undefined;

  /** @param send writes to the wire; what was written has left this process when it returns */
  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  handle(type: number, body: Buffer): void {
    if (type === frame.BATCH) {
      this.#runBatch(body);
      this.#last?.prepare();
    } else if (type === frame.LOAD) {
      const loaded = decodeLoad(body);
      this.#artifacts.set(loaded.artifact, { loaded, instances: undefined, kept: undefined });
    } else if (type === frame.DROP) {
      this.#artifacts.delete(body.readUInt32LE(0));
      this.#last = undefined;
    } else throw new Error(`unknown frame ${type}`);
  }

  /**
   * The worker must be able to tell which call a dead executor was running, and may take back calls behind a slow one. Hence:
   * every reply has left before the next call starts, and the batch ends when replies are further apart than `batchPatienceUs`.
   * The span is measured from before the earlier reply is written to after the later one is, so it is never shorter than the span
   * the worker sees between reading the earlier reply and finding no later one.
   */
  #runBatch(body: Buffer): void {
    const { sentAtUs, calls } = decodeBatch(body);
    let lastUs = sentAtUs;
    for (let i = 0; i < calls.length; i++) {
      const reply = this.#run(calls[i] as WireCall);
      const repliedUs = monotonicUs();
      this.#send(reply);
      this.#giveBack();
      if (i < calls.length - 1 && monotonicUs() - lastUs > batchPatienceUs) {
        this.#send(encodeSignal(frame.BATCH_ENDED));
        return;
      }
      lastUs = repliedUs;
    }
  }

  /** What is made ahead costs its memory: it is made for the artifact that was called last. */
  #called(instances: Instances | undefined): void {
    if (this.#last !== instances) this.#last?.unprepare();
    this.#last = instances;
  }

  /** Off the way of the call that it answered. */
  #giveBack(): void {
    if (this.#answered !== undefined) this.#last?.giveBack(this.#answered);
    this.#answered = undefined;
  }

  #run(call: WireCall): Buffer {
    const artifact = this.#artifacts.get(call.artifact);
    if (artifact === undefined) throw new Error(`artifact ${call.artifact} is not loaded`);
    const beganUs = monotonicUs();
    let start: StartKind;
    let compileUs = 0;
    let startedUs = beganUs;
    let phase: 'start' | 'call' = 'start';
    let response: GuestResponse;
    let instance: RunnerInstance | undefined;
    try {
      const instances = artifact.instances ?? compile(artifact);
      const isCold = artifact.instances === undefined;
      if (isCold) compileUs = Math.round(monotonicUs() - beganUs);
      artifact.instances = instances;
      this.#called(call.reuse ? undefined : instances);
      if (artifact.kept !== undefined) {
        instance = artifact.kept;
        start = 'reused';
      } else {
        ({ instance, start } = instances.take());
        if (isCold) start = 'cold';
      }
      startedUs = monotonicUs();
      phase = 'call';
      response = instance.call(call.payload);
      if (call.reuse) artifact.kept = instance;
      else this.#answered = instance;
    } catch (error) {
      // An instance that trapped is in no state to be called again; one that returned an error is.
      const survives = call.reuse && error instanceof GuestError && error.code === 'GUEST_RETURNED_ERROR';
      artifact.kept = survives ? instance : undefined;
      if (!survives) instance?.discard();
      const endedUs = monotonicUs();
      const loadUs = Math.round((phase === 'start' ? endedUs : startedUs) - beganUs);
      const runUs = Math.round(phase === 'start' ? 0 : endedUs - startedUs);
      const failed = error instanceof FailedStart ? error : { cause: error, log: instance?.log() ?? nothing };
      const { log } = failed;
      const fault = withLogEnd(describeFault(failed.cause, phase), log);
      return withLog(call.seq, log, encodeFailure({ seq: call.seq, loadUs, compileUs, runUs, ...fault }));
    }
    const endedUs = monotonicUs();
    const loadUs = Math.round(startedUs - beganUs);
    const answer = { seq: call.seq, start, loadUs, compileUs, runUs: Math.round(endedUs - startedUs), ...response };
    return withLog(call.seq, instance.log(), encodeAnswer(answer));
  }
}

function compile(artifact: Artifact): Instances {
  const { loaded } = artifact;
  if (loaded === undefined) throw new Error('an artifact has neither bytes nor code');
  const compiled = runners[loaded.kind].compile(loaded.module, loaded);
  artifact.loaded = undefined;
  return new Instances(compiled);
}
