/** What was dropped of guest logs, until a notice says so. Pure but for what it remembers. */
import type { DroppedLog } from '../../contracts/guest-log.ts';
import type { Invocation } from '../../contracts/invocation.ts';
import type { NewLogLine } from '../../registry/guest-logs.ts';

interface Drop {
  readonly version: number;
  /** The first one that lost lines. */
  readonly invocationId: string;
  lines: number;
  bytes: number;
}

export class Drops {
  /** By function. */
  #drops = new Map<string, Drop>();

  add({ id, target }: Pick<Invocation, 'id' | 'target'>, { lines, bytes }: DroppedLog): void {
    const known = this.#drops.get(target.function);
    if (known === undefined) this.#drops.set(target.function, { version: target.version, invocationId: id, lines, bytes });
    else {
      known.lines += lines;
      known.bytes += bytes;
    }
  }

  /** @returns a notice for each function that lost lines since the last time */
  take(atMs: number): NewLogLine[] {
    const drops = this.#drops;
    this.#drops = new Map();
    return [...drops].map(([name, { version, invocationId, lines, bytes }]) => ({
      function: name,
      version,
      invocationId,
      atMs,
      line: `bantam: dropped ${lines} ${lines === 1 ? 'line' : 'lines'} (${bytes} bytes): this function writes more than is kept at a time`,
      dropped: { lines, bytes },
    }));
  }
}
