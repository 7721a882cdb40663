/** Tells what stopped a guest, from the error V8 throws. The one place where engine messages become our codes. */
import type { ErrorCode, ErrorExtra } from '../contracts/errors.ts';
import { GuestError } from './guest-error.ts';

export interface GuestFault {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly extra: ErrorExtra | undefined;
}

const frameLimit = 30;

/** V8's wording (v8/src/common/message-template.h, "Wasm errors") to the core specification's name of the trap. */
const trapNames: readonly (readonly [RegExp, string])[] = [
  [/^unreachable$/, 'unreachable'],
  [/memory access out of bounds|data segment.* out of bounds/, 'out of bounds memory access'],
  [/divide by zero|remainder by zero/, 'integer divide by zero'],
  [/divide result unrepresentable/, 'integer overflow'],
  [/float unrepresentable/, 'invalid conversion to integer'],
  [
    /table index is out of bounds|table access out of bounds|table or segment out of bounds|element segment out of bounds|table initializer/,
    'out of bounds table access',
  ],
  [/function signature mismatch/, 'indirect call type mismatch'],
  [/dereferencing a null/, 'null reference'],
  [/array.*out of bounds|array is too large/, 'out of bounds array access'],
  [/illegal cast/, 'cast failure'],
];

/**
 * @param error what instantiating or calling the guest threw
 * @param phase for the words of the detail
 */
export function describeFault(error: unknown, phase: 'start' | 'call'): GuestFault {
  if (error instanceof GuestError) return { code: error.code, detail: error.message, extra: error.extra };
  const where = phase === 'start' ? ' while it was instantiated' : '';
  if (error instanceof RangeError && /out of memory|could not allocate|cannot allocate/i.test(error.message)) {
    return { code: 'GUEST_MEMORY_EXCEEDED', detail: `no memory could be given to the guest${where}: ${error.message}`, extra: undefined };
  }
  if (!isTrap(error)) return { code: 'INTERNAL', detail: `the executor failed${where}: ${String(error)}`, extra: undefined };
  const trap = nameTrap(error);
  return { code: 'GUEST_TRAPPED', detail: `the guest trapped${where}: ${trap}`, extra: { trap, stack: wasmStack(error) } };
}

/** What guest code itself can throw. Anything else is a defect of ours. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception || isStackOverflow(error);
}

/** Also in a host function that the guest called with next to no stack left. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/.test(error.message);
}

function nameTrap(error: unknown): string {
  if (isStackOverflow(error)) return 'call stack exhausted';
  if (error instanceof WebAssembly.Exception) return 'uncaught exception';
  const message = error instanceof Error ? error.message : String(error);
  return trapNames.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

/** @returns innermost first, "name+0xoffset" or "function[index]+0xoffset"; V8 prints names when the module has a name section */
function wasmStack(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const frames: string[] = [];
  for (const match of error.stack.matchAll(/^ +at (?:(.+) \()?wasm:\/\/[^\n]*?:wasm-function\[(\d+)\]:(0x[0-9a-f]+)\)?$/gm)) {
    frames.push(`${match[1] === undefined ? `function[${match[2]}]` : match[1].replace(/^[^.]*\./, '')}+${match[3]}`);
    if (frames.length === frameLimit) break;
  }
  return frames;
}
