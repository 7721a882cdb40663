/** Log lines as they go over the line: newline-delimited JSON, or server-sent events. Pure. */
import { type GuestLogLine, lineOverheadBytes } from '../../contracts/guest-log.ts';
import type { LogFilter } from '../../registry/guest-logs.ts';
import { beatText, openingText } from '../events/sse.ts';
import type { StreamFormat } from '../events/stream.ts';

/** A line, or a notice of ours in between. */
export interface LogEntry {
  readonly id: bigint;
  readonly shown: GuestLogLine | LogGap;
}

/** Stands for lines that were deleted before the client got them. */
export interface LogGap {
  readonly id: string;
  readonly gap: true;
  readonly line: string;
}

export function toEntry(line: GuestLogLine): LogEntry {
  return { id: BigInt(line.id), shown: line };
}

/**
 * @param after the id that `lines` come after; 0: whatever there is
 * @returns the entries, and before them one that says so when lines are missing there
 */
export function withGap(after: bigint, lines: readonly GuestLogLine[]): readonly LogEntry[] {
  const entries = lines.map(toEntry);
  const [first] = lines;
  if (first === undefined || after === 0n) return entries;
  const start = BigInt(first.id) - BigInt(Buffer.byteLength(first.line) + lineOverheadBytes);
  if (start <= after) return entries;
  const gap: LogGap = { id: `${start}`, gap: true, line: 'bantam: lines may be missing here: they are not kept any more' };
  return [{ id: start, shown: gap }, ...entries];
}

/** A format of what fits only; gaps always do. */
export function filtered(format: StreamFormat<LogEntry>, { sinceMs, invocationId }: LogFilter): StreamFormat<LogEntry> {
  const fits = ({ shown }: LogEntry): boolean =>
    'gap' in shown ||
    ((sinceMs === undefined || Date.parse(shown.at) >= sinceMs) && (invocationId === undefined || shown.invocationId === invocationId));
  return { ...format, write: (entries) => format.write(entries.filter(fits)) };
}

/** Media type `application/x-ndjson`. White space before a line is JSON, too, and shows that the connection is alive. */
export const ndjson: StreamFormat<LogEntry> = {
  opening: () => ' ',
  beat: () => ' ',
  write: (entries) => entries.map(({ shown }) => `${JSON.stringify(shown)}\n`).join(''),
};

/** Media type `text/event-stream`. */
export const sse: StreamFormat<LogEntry> = {
  opening: openingText,
  beat: beatText,
  write: (entries) => entries.map(({ id, shown }) => `id: ${id}\ndata: ${JSON.stringify(shown)}\n\n`).join(''),
};
