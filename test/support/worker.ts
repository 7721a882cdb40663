/** A worker with real executors in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { probeLocks } from '../../shared/sandbox/locks.ts';
import { entryPath, loadProgram } from '../../shared/sandbox/program.ts';
import { spawnLocked } from '../../shared/sandbox/spawn.ts';
import { Artifacts } from '../../worker/artifacts/artifacts.ts';
import type { BlobSource } from '../../worker/artifacts/blobs.ts';
import { DiskCache } from '../../worker/artifacts/disk.ts';
import type { PooledCall } from '../../worker/pool/call.ts';
import { ExecutorHandle } from '../../worker/pool/executor-handle.ts';
import { Worker } from '../../worker/worker.ts';

const executorEntry = 'executor/main.ts';
const program = loadProgram({ entry: executorEntry, flags: ['--max-old-space-size=64'] });

export interface TestWorker {
  readonly worker: Worker;
  /** Every executor there ever was. */
  readonly executors: readonly ExecutorHandle[];
  /** Invocations handed to executors together, in order. */
  readonly batches: readonly (readonly string[])[];
  /** What guests wrote to their logs: invocation id and text. */
  readonly guestLogs: [id: string, text: string][];
}

/** @param size calls that run at the same time as long as they are short; twice as many when they are long */
export async function startTestWorker(t: TestContext, source: BlobSource, size = 1): Promise<TestWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'bantam-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const locks = await probeLocks(entryPath(executorEntry));
  const log = { warn: () => {} };
  const executors: ExecutorHandle[] = [];
  const batches: string[][] = [];
  const guestLogs: [string, string][] = [];
  const worker = new Worker({
    artifacts: new Artifacts({
      source,
      secrets: () => Promise.resolve([]),
      disk: new DiskCache(folder, 2 ** 20),
      memoryCacheBytes: 2 ** 20,
      log,
    }),
    pool: {
      size,
      max: size * 2,
      longCallMs: 50,
      shareExecutors: false,
      maxCalls: 1e9,
      maxAgeMs: 1e9,
      maxRssBytes: 1e12,
      spawn: (slot, events) => {
        const executor = new ExecutorHandle(spawnLocked(program, locks, slot), slot, 2 ** 20, events);
        executors.push(executor);
        const dispatch = executor.dispatch.bind(executor);
        executor.dispatch = (calls: PooledCall[]) => {
          batches.push(calls.map(({ invocation }) => invocation.id));
          return dispatch(calls);
        };
        return executor;
      },
      count: () => {},
      guestLog: ({ id }, text) => void guestLogs.push([id, text]),
      log,
    },
  });
  worker.start();
  return { worker, executors, batches, guestLogs };
}
