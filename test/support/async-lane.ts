/** The record of asynchronous invocations in a real PostgreSQL, and an engine that tests can look into and let forget. */
import assert from 'node:assert/strict';
import type { FunctionConfig, FunctionVersion } from '../../contracts/function.ts';
import type { AttemptName, DueAttempt } from '../../queue/async/port.ts';
import { openInvocations, openWorkers } from '../../registry/invocations/store.ts';
import type { AttemptEnd, InvocationStore, KeptAnswer, NewInvocation, WorkerStore } from '../../registry/invocations/port.ts';
import { type FunctionRegistry, openRegistry } from '../../registry/registry.ts';
import { createPool } from '../../shared/postgres.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import type { TestPostgres } from './postgres.ts';
import { publicationOf } from './publications.ts';

/** Keeps what it is told, as long as the test likes. */
export class TestEngine {
  /** By id. */
  readonly attempts = new Map<string, DueAttempt>();
  /** While false, everything fails. */
  works = true;

  async enqueue(attempts: readonly DueAttempt[]): Promise<void> {
    if (!this.works) throw new Error('the engine is away');
    for (const attempt of attempts) this.attempts.set(attempt.id, attempt);
  }

  async missing<A extends AttemptName>(attempts: readonly A[]): Promise<readonly A[]> {
    if (!this.works) throw new Error('the engine is away');
    return attempts.filter(({ id, attempt }) => this.attempts.get(id)?.attempt !== attempt);
  }

  ready(): boolean {
    return true;
  }
}

export interface AsyncLane {
  readonly store: InvocationStore;
  readonly workers: WorkerStore;
  readonly registry: FunctionRegistry;
  readonly engine: TestEngine;
  close(): Promise<void>;
  /** Publishes a command that nothing runs. */
  publish(name: string, config?: FunctionConfig): Promise<FunctionVersion>;
  /** Accepts invocations of version 1. @returns their ids */
  accept(name: string, count: number, more?: Partial<NewInvocation>): Promise<string[]>;
}

export async function openAsyncLane(postgres: TestPostgres): Promise<AsyncLane> {
  const pool = createPool(await postgres.createRegistry(), { max: 4, applicationName: 'test', onError: () => {} });
  const store = openInvocations(pool);
  const registry = openRegistry(pool);
  return {
    store,
    registry,
    workers: openWorkers(pool),
    engine: new TestEngine(),
    close: () => pool.end(),
    async publish(name, config = {}) {
      const analysis = { kind: 'command', exports: [], needs: [] } as const;
      return (await registry.publish(publicationOf(name, name, { analysis, entry: '_start', config }))).version;
    },
    async accept(name, count, more = {}) {
      const accepted = await store.accept(Array.from({ length: count }, () => ({ ...aNewInvocation(name), ...more })));
      return accepted.map((acceptance) => {
        assert.equal(acceptance.kind, 'accepted');
        return acceptance.id;
      });
    },
  };
}

function aNewInvocation(name: string): NewInvocation {
  return {
    id: uuidv7(),
    function: name,
    version: 1,
    payload: Buffer.from('payload'),
    delayMs: 0,
    maxAgeMs: 60_000,
    callbackUrl: undefined,
    depth: 0,
    schedule: undefined,
    idempotency: undefined,
  };
}

/** Begins first attempts for a worker and ends them. */
export async function runFirst(
  { store }: Pick<AsyncLane, 'store'>,
  worker: string,
  ids: readonly string[],
  { verdict, outcome }: Pick<AttemptEnd, 'verdict' | 'outcome'>,
): Promise<void> {
  const claimed = await store.claim(
    worker,
    ids.map((id) => ({ id, attempt: 0 })),
  );
  assert.equal(claimed.length, ids.length);
  const ended = await store.end(claimed.map(({ id, attempt }) => ({ id, attempt, from: 'running', verdict, outcome, destinations: [] })));
  assert.equal(ended.size, ids.length);
}

/** The end of an attempt that the guest answered. */
export function answered(answer: Partial<KeptAnswer> = {}): Pick<AttemptEnd, 'verdict' | 'outcome'> {
  const whole = { status: 200, headers: ['content-type', 'text/plain'], body: Buffer.from('done'), ...answer };
  return {
    verdict: { status: whole.status < 400 ? 'succeeded' : 'failed', tries: 1, losses: 0, crashes: 0 },
    outcome: { answer: whole },
  };
}

/** The end of an attempt that was the last one. */
export function givenUp(code: string, extra?: Record<string, unknown>): Pick<AttemptEnd, 'verdict' | 'outcome'> {
  return {
    verdict: { status: 'dead', reason: 'attempts', tries: 1, losses: 0, crashes: 0 },
    outcome: { failure: { code, detail: 'so it was', extra } },
  };
}
