/** Invocations and replies to send through a queue, and a handler whose every step the test decides. */
import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../../contracts/errors.ts';
import { type Answer, failure, type Invocation, type Reply } from '../../contracts/invocation.ts';
import type { InvocationHandler } from '../../queue/port.ts';

export interface InvocationParts {
  readonly functionName?: string;
  readonly payload?: Uint8Array;
  /** From now to the deadline; default 30,000. */
  readonly timeoutMs?: number;
}

export function anInvocation({
  functionName = 'fib',
  payload = Uint8Array.of(1, 2, 3),
  timeoutMs = 30_000,
}: InvocationParts = {}): Invocation {
  const now = Date.now();
  return {
    id: randomUUID(),
    target: {
      function: functionName,
      version: 3,
      digest: 'ab'.repeat(32),
      kind: 'core',
      memoryPages: 2_048,
      reuse: true,
      settings: undefined,
    },
    enqueuedAtMs: now,
    deadlineAtMs: now + timeoutMs,
    payload,
  };
}

export function anAnswer(body: Uint8Array = Uint8Array.of(42)): Answer {
  return {
    ok: true,
    status: 200,
    headers: ['content-type', 'application/json', 'x-more', 'ü'],
    body,
    start: 'fresh',
    timing: { loadUs: 12, runUs: 345 },
  };
}

/** An invocation that the handler holds. */
export interface Held {
  readonly invocation: Invocation;
  answer(reply?: Reply): void;
}

export class TestHandler implements InvocationHandler {
  readonly #room: number;
  readonly #reply: ((invocation: Invocation) => Reply) | undefined;
  readonly #listeners: (() => void)[] = [];
  /** Handed over and not answered, in the order of arrival. */
  readonly held: Held[] = [];
  /** Ids of all that were ever handed over, in order. */
  readonly seen: string[] = [];
  /** While false, what is handed over counts as not started, so that cancel() takes it back. */
  starts = true;
  /** The most that were ever held at once. */
  mostHeld = 0;

  /** @param reply answers by itself in a later tick; without it the test answers through `held` */
  constructor(room: number, reply?: (invocation: Invocation) => Reply) {
    this.#room = room;
    this.#reply = reply;
  }

  capacity(): number {
    return this.#room - this.held.length;
  }

  run(invocation: Invocation, done: (reply: Reply) => void): void {
    const held: Held = {
      invocation,
      answer: (reply = anAnswer()) => {
        if (this.#remove(held)) done(reply);
        this.#offer();
      },
    };
    this.held.push(held);
    this.seen.push(invocation.id);
    this.mostHeld = Math.max(this.mostHeld, this.held.length);
    const reply = this.#reply;
    if (reply !== undefined) setImmediate(() => held.answer(reply(invocation)));
  }

  cancel(invocationId: string): boolean {
    const held = this.held.find(({ invocation }) => invocation.id === invocationId);
    if (held === undefined || this.starts) return false;
    this.#remove(held);
    setImmediate(() => this.#offer());
    return true;
  }

  stop(invocationId: string): boolean {
    const held = this.held.find(({ invocation }) => invocation.id === invocationId);
    held?.answer(failure('INVOCATION_CANCELLED', 'stopped by the test handler'));
    return held !== undefined;
  }

  onCapacity(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #offer(): void {
    for (const listener of this.#listeners) listener();
  }

  #remove(held: Held): boolean {
    const at = this.held.indexOf(held);
    if (at >= 0) this.held.splice(at, 1);
    return at >= 0;
  }
}

/** A handler that gives back the payload as the body. */
export function echoHandler(room: number): TestHandler {
  return new TestHandler(room, ({ payload }) => anAnswer(payload));
}

/** What a failure with this code looks like to `assert.partialDeepStrictEqual`. */
export function failed(code: ErrorCode): { ok: false; code: string } {
  return { ok: false, code };
}

/** Buffers as plain byte arrays: whether bytes come as one or the other is not part of the contract. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  return value;
}
