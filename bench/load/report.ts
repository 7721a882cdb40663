/** What a load generator printed, as a sample. Pure; wrk (report.lua) and autocannon (autocannon.js) print the same line. */

/** One timed run of one path. */
export interface Sample {
  /** Calls answered with a success, per second. */
  readonly callsPerS: number;
  /** Latency in microseconds, closed loop: each connection waits for its answer before it asks again. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** Answers that were no success, and connects, reads and writes that failed or took over 2 s. */
  readonly errors: number;
}

const fields = ['completed', 'failed', 'socketErrors', 'durationUs', 'p50Us', 'p99Us'] as const;

/**
 * @param output everything the load generator wrote; its last line that starts with `{` counts
 * @throws Error when there is no such line, or it is not whole
 */
export function parseReport(output: string): Sample {
  const line = output.split('\n').findLast((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`the load generator reported nothing: ${output.trim()}`);
  const report = JSON.parse(line) as Record<(typeof fields)[number], unknown>;
  for (const field of fields) {
    if (!Number.isFinite(report[field])) throw new Error(`the load generator reported no ${field}: ${line}`);
  }
  const { completed, failed, socketErrors, durationUs, p50Us, p99Us } = report as Record<(typeof fields)[number], number>;
  return { callsPerS: ((completed - failed) * 1_000_000) / durationUs, p50Us, p99Us, errors: failed + socketErrors };
}
