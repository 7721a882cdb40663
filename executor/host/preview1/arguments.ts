/** args_*, environ_*. */
import type { Calls } from './calls.ts';
import type { GuestCell } from './cell.ts';
import { errno } from './errno.ts';

export function argumentCalls(cell: GuestCell): Calls {
  const environment = (): string[] => cell.world.env.map(([name, value]) => `${name}=${value}`);
  return [
    ['args_get', (pointers: number, texts: number): number => write(cell, cell.world.args, pointers, texts)],
    ['args_sizes_get', (count: number, bytes: number): number => writeSizes(cell, cell.world.args, count, bytes)],
    ['environ_get', (pointers: number, texts: number): number => write(cell, environment(), pointers, texts)],
    ['environ_sizes_get', (count: number, bytes: number): number => writeSizes(cell, environment(), count, bytes)],
  ];
}

/** Each string is followed by a zero. */
function byteLength(strings: readonly string[]): number {
  return strings.reduce((sum, string) => sum + Buffer.byteLength(string) + 1, 0);
}

function writeSizes(cell: GuestCell, strings: readonly string[], countAt: number, bytesAt: number): number {
  if (!cell.holds(countAt, 4) || !cell.holds(bytesAt, 4)) return errno.fault;
  cell.setU32(countAt, strings.length);
  cell.setU32(bytesAt, byteLength(strings));
  return errno.success;
}

function write(cell: GuestCell, strings: readonly string[], pointersAt: number, textsAt: number): number {
  if (!cell.holds(pointersAt, 4 * strings.length) || !cell.holds(textsAt, byteLength(strings))) return errno.fault;
  const memory = Buffer.from(cell.bytes.buffer);
  let pointer = pointersAt >>> 0;
  let text = textsAt >>> 0;
  for (const string of strings) {
    cell.setU32(pointer, text);
    pointer += 4;
    text += memory.write(string, text);
    memory[text] = 0;
    text += 1;
  }
  return errno.success;
}
