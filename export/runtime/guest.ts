/** The executor of Bantam within the process of another platform, spoken to as a worker does: what it answers is what it answers there. */
import type { Reply, Target } from '../../contracts/invocation.ts';
import { Executor } from '../../executor/executor.ts';
import { FrameReader, headBytes } from '../../executor/framing.ts';
import { decodeAnswer, decodeFailure, encodeBatch, frame, maxFrameBytes, monotonicUs } from '../../executor/protocol.ts';
import type { RunnableArtifact } from '../../worker/pool/call.ts';
import { loadFrame, logOf, replyOf } from '../../worker/pool/wire.ts';

/** The one artifact, and the one call at a time. */
const artifactNumber = 0;
const seq = 0;

export class Guest {
  readonly #executor: Executor;
  readonly #reuse: boolean;
  #reply: Reply | undefined;

  /** @param writeLog gets what the guest writes besides its answers */
  constructor(target: Target, artifact: Omit<RunnableArtifact, 'key' | 'meanUs'>, writeLog: (log: Uint8Array) => void) {
    const replies = new FrameReader(maxFrameBytes.fromExecutor, (type, body) => {
      if (type === frame.LOG) writeLog(logOf(body).log);
      else if (type === frame.ANSWER) this.#reply = replyOf(decodeAnswer(body));
      else if (type === frame.FAILURE) this.#reply = replyOf(decodeFailure(body));
      else throw new Error(`unknown frame ${type}`);
    });
    this.#executor = new Executor((bytes) => replies.push(bytes));
    this.#reuse = target.reuse;
    this.#handle(frame.LOAD, loadFrame(artifactNumber, { artifact, invocation: { target } }));
  }

  /** @param payload as the gateway encodes it for this kind of module */
  run(payload: Uint8Array): Reply {
    this.#handle(frame.BATCH, encodeBatch(monotonicUs(), [{ seq, artifact: artifactNumber, reuse: this.#reuse, payload }]));
    const reply = this.#reply;
    if (reply === undefined) throw new Error('the executor gave no reply');
    this.#reply = undefined;
    return reply;
  }

  #handle(type: number, framed: Buffer): void {
    this.#executor.handle(type, framed.subarray(headBytes));
  }
}
