/** Functions of the module `env`, besides WASI: what AssemblyScript and Emscripten import (wasi/env.ts). Built once per artifact. */
import { monotonicMs } from './clock.ts';
import type { GuestCell } from './preview1/cell.ts';
import { randomU64 } from './random.ts';
import { stop } from './stop.ts';

type EnvFunction = (...args: never[]) => unknown;

/** More of one message is not read: a string's size is the guest's own word. */
const maxTextBytes = 65_536;

/** @returns by name; of the same names as `envFunctions` */
export function envFunctionsFor(cell: GuestCell): ReadonlyMap<string, EnvFunction> {
  const say = (pointer: number): void => log(cell, `${text(cell, pointer) ?? ''}\n`);
  return new Map<string, EnvFunction>([
    ['abort', (message: number, file: number, line: number, column: number) => abort(cell, message, file, line, column)],
    ['trace', (message: number, count: number, ...values: number[]) => trace(cell, message, count, values)],
    // AssemblyScript takes the bits of this number, all 64, as the seed of Math.random.
    ['seed', () => new Float64Array(BigUint64Array.of(randomU64()).buffer)[0]],
    ['console.log', say],
    ['console.debug', say],
    ['console.info', say],
    ['console.warn', say],
    ['console.error', say],
    ['Date.now', () => Date.now()],
    ['performance.now', () => monotonicMs()],
    ['emscripten_notify_memory_growth', () => {}],
  ]);
}

/** @see https://www.assemblyscript.org/concepts.html#special-imports */
function abort(cell: GuestCell, message: number, file: number, line: number, column: number): never {
  const said = text(cell, message);
  const where = text(cell, file);
  const place = where === undefined ? '' : ` in ${where}:${line >>> 0}:${column >>> 0}`;
  return stop(cell.world, {
    kind: 'fault',
    code: 'GUEST_TRAPPED',
    detail: `the guest aborted${said === undefined ? '' : `: ${said}`}${place}`,
    extra: { trap: 'abort', message: said, file: where, line: line >>> 0, column: column >>> 0 },
  });
}

function trace(cell: GuestCell, message: number, count: number, values: readonly number[]): void {
  const shown = values.slice(0, Math.max(0, Math.min(count, values.length)));
  log(cell, `trace: ${[text(cell, message) ?? '', ...shown].join(' ')}\n`);
}

function log(cell: GuestCell, line: string): void {
  const reason = cell.world.stderr.write(Buffer.from(line));
  if (reason !== undefined) stop(cell.world, reason);
}

/** @returns a string of AssemblyScript; undefined for null and for what does not lie in memory */
function text(cell: GuestCell, pointer: number): string | undefined {
  const memory = Buffer.from(cell.memory.buffer);
  const at = pointer >>> 0;
  if (at < 4 || at > memory.length) return undefined;
  const bytes = Math.min(memory.readUInt32LE(at - 4), maxTextBytes);
  if (at + bytes > memory.length) return undefined;
  return memory.toString('utf16le', at, at + (bytes & ~1));
}
