/** Waiting for the end of work by asking, never by a guess of how long it takes; and handing in work at an even pace. */

const pollMs = 20;
/** What a load generator left on its way when it stopped may still arrive. */
const quietMs = 200;
const giveUpMs = 300_000;

/**
 * Waits until `open` is 0 and stays so.
 * @throws Error after 5 minutes
 */
export async function becomesIdle(open: () => Promise<number>): Promise<void> {
  const giveUpAtMs = Date.now() + giveUpMs;
  let idleSinceMs: number | undefined;
  for (;;) {
    const left = await open();
    const nowMs = Date.now();
    if (left > 0) idleSinceMs = undefined;
    else idleSinceMs ??= nowMs;
    if (idleSinceMs !== undefined && nowMs - idleSinceMs >= quietMs) return;
    if (nowMs > giveUpAtMs) throw new Error(`${left} were not done within ${giveUpMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Calls `step` at an even pace, whether or not those before are done. @returns what each came to, in order */
export async function atEvenPace<T>(perSecond: number, count: number, step: () => Promise<T>): Promise<T[]> {
  const beganMs = performance.now();
  const steps: Promise<T>[] = [];
  for (let i = 0; i < count; i++) {
    const waitMs = beganMs + (i * 1_000) / perSecond - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    steps.push(step());
  }
  return Promise.all(steps);
}
