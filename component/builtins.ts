/** Reads the canonical built-ins of concurrency (Binary.md, "Canonical Definitions"): known by name, never run. */
import type { ByteReader } from '../wasm/reader.ts';
import { invalid } from './error.ts';
import { readResult } from './definitions.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { readVector } from './reader.ts';
import type { Scope } from './scope.ts';

/** What follows the opcode: b - a byte; u - an index; o - canonical options; r - a list of results. */
type Operands = '' | 'b' | 'u' | 'o' | 'bu' | 'uo' | 'ub' | 'uu' | 'ro';

const builtins: ReadonlyMap<number, readonly [name: string, operands: Operands]> = new Map([
  [0x05, ['task.cancel', '']],
  [0x06, ['subtask.cancel', 'b']],
  [0x07, ['resource.drop async', 'u']],
  [0x08, ['backpressure.set', '']],
  [0x09, ['task.return', 'ro']],
  [0x0a, ['context.get', 'bu']],
  [0x0b, ['context.set', 'bu']],
  [0x0c, ['thread.yield', 'b']],
  [0x0d, ['subtask.drop', '']],
  [0x0e, ['stream.new', 'u']],
  [0x0f, ['stream.read', 'uo']],
  [0x10, ['stream.write', 'uo']],
  [0x11, ['stream.cancel-read', 'ub']],
  [0x12, ['stream.cancel-write', 'ub']],
  [0x13, ['stream.drop-readable', 'u']],
  [0x14, ['stream.drop-writable', 'u']],
  [0x15, ['future.new', 'u']],
  [0x16, ['future.read', 'uo']],
  [0x17, ['future.write', 'uo']],
  [0x18, ['future.cancel-read', 'ub']],
  [0x19, ['future.cancel-write', 'ub']],
  [0x1a, ['future.drop-readable', 'u']],
  [0x1b, ['future.drop-writable', 'u']],
  [0x1c, ['error-context.new', 'o']],
  [0x1d, ['error-context.debug-message', 'o']],
  [0x1e, ['error-context.drop', '']],
  [0x1f, ['waitable-set.new', '']],
  [0x20, ['waitable-set.wait', 'bu']],
  [0x21, ['waitable-set.poll', 'bu']],
  [0x22, ['waitable-set.drop', '']],
  [0x23, ['waitable.join', '']],
  [0x24, ['backpressure.inc', '']],
  [0x25, ['backpressure.dec', '']],
  [0x26, ['thread.index', '']],
  [0x27, ['thread.new-indirect', 'uu']],
  [0x28, ['thread.resume-later', '']],
  [0x29, ['thread.suspend', 'b']],
  [0x2a, ['thread.suspend-then-resume', 'b']],
  [0x2b, ['thread.yield-then-resume', 'b']],
  [0x2c, ['thread.suspend-then-promote', 'b']],
  [0x2d, ['thread.yield-then-promote', 'b']],
  [0x2e, ['stream.forward', 'u']],
  [0x2f, ['future.forward', 'u']],
  [0x40, ['thread.spawn-ref', 'u']],
  [0x41, ['thread.spawn-indirect', 'uu']],
  [0x42, ['thread.available-parallelism', '']],
]);

/** Options that carry an index: memory, realloc, post-return, callback, core type. */
const optionsWithIndex = new Set([0x03, 0x04, 0x05, 0x07, 0x08]);
const lastOption = 0x09;

/**
 * Reads what follows the opcode. Indices are not looked at: nothing is done with them.
 * @returns the built-in's name
 */
export function readBuiltin(plan: PlanBuilder, reader: ByteReader, scope: Scope, code: number): string {
  const builtin = builtins.get(code);
  if (builtin === undefined) throw invalid('an unknown canonical built-in', reader.offset - 1);
  const [name, operands] = builtin;
  for (const operand of operands) {
    if (operand === 'b') reader.byte();
    else if (operand === 'u') reader.u32();
    else if (operand === 'r') readResult(plan, reader, scope);
    else readVector(plan.budget, reader, 'options', () => skipOption(reader));
  }
  return name;
}

function skipOption(reader: ByteReader): void {
  const offset = reader.offset;
  const code = reader.byte();
  if (code > lastOption) throw invalid('an unknown canonical option', offset);
  if (optionsWithIndex.has(code)) reader.u32();
}
