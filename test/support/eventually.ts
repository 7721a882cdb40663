/** Waits for a condition, the way tests do it here: never for a time. */
import { setTimeout as wait } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
  /** Between two looks; default 10. */
  readonly intervalMs?: number;
}

/**
 * Calls `check` until it neither throws nor gives false or undefined.
 * @returns what it gave then
 * @throws its last error (or one saying so) when that does not happen in time
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<Exclude<T, false | undefined>> {
  const { timeoutMs = 5_000, intervalMs = 10 } = options;
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const result = await check();
      if (result !== false && result !== undefined) return result as Exclude<T, false | undefined>;
      failure = new Error(`the condition was not met within ${timeoutMs} ms: ${check.toString()}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= endMs) throw failure;
    await wait(intervalMs);
  }
}
