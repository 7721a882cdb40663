/** What a guest wrote to its log, as lines, and no more of them than there is room for. Pure. */
import { type DroppedLog, maxLineLength } from '../../contracts/guest-log.ts';

export interface Room {
  readonly lines: number;
  readonly bytes: number;
}

export interface CutLog {
  /** The first ones, without their ends; a line that is longer than a line may be comes in pieces. */
  readonly lines: readonly string[];
  /** What of the room they take. */
  readonly bytes: number;
  /** What came after them. */
  readonly dropped: DroppedLog;
}

/** Bytes are those of UTF-8, and one for the end of each line. Takes no longer than there is room, but for one look at every character. */
export function cutLines(text: string, room: Room): CutLog {
  const lines: string[] = [];
  let bytes = 0;
  let at = 0;
  while (at < text.length && lines.length + 1 <= room.lines) {
    const { end, next } = lineAt(text, at);
    const line = text.slice(at, end);
    const lineBytes = Buffer.byteLength(line) + 1;
    if (bytes + lineBytes > room.bytes) break;
    lines.push(line);
    bytes += lineBytes;
    at = next;
  }
  return { lines, bytes, dropped: measure(text, at) };
}

/** @returns where the line ends that starts there, and where the next one starts */
function lineAt(text: string, start: number): { end: number; next: number } {
  const found = text.indexOf('\n', start);
  const feed = found < 0 ? text.length : found;
  const end = feed > start && text.charCodeAt(feed - 1) === 0x0d && found >= 0 ? feed - 1 : feed;
  if (end - start <= maxLineLength) return { end, next: feed + 1 };
  // Not within a character: half a surrogate pair is none.
  const last = text.charCodeAt(start + maxLineLength - 1);
  const piece = start + maxLineLength - (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
  return { end: piece, next: piece };
}

function measure(text: string, from: number): DroppedLog {
  if (from >= text.length) return { lines: 0, bytes: 0 };
  let lines = 0;
  for (let at = from; at < text.length; at++) if (text.charCodeAt(at) === 0x0a) lines++;
  return { lines: text.endsWith('\n') ? lines : lines + 1, bytes: Buffer.byteLength(text.slice(from)) };
}
