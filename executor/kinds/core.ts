/** Runs kind `core`: one exported function called with scalars, its results answered as JSON. */
import { decodeCall, type ScalarValue } from '../../contracts/call.ts';
import { memoryImport } from '../../wasm/memory-import.ts';
import { Memories } from '../memories.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';

const jsonHeaders = ['content-type', 'application/json'] as const;
const nothing = new Uint8Array(0);
const noContent: GuestResponse = { status: 204, headers: [], body: nothing };

/** @see https://webassembly.github.io/spec/js-api/ for how results become JavaScript values */
export const coreRunner: Runner = {
  compile(bytes, { memory }) {
    // A copy-free view is fine: V8 copies the wire bytes.
    const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
    const memories = memory === undefined ? undefined : new Memories(memory);
    return { instantiate: () => new CoreInstance(module, memories) };
  },
};

class CoreInstance implements RunnerInstance {
  readonly #instance: WebAssembly.Instance;
  readonly #memories: Memories | undefined;
  readonly #memory: WebAssembly.Memory | undefined;

  constructor(module: WebAssembly.Module, memories: Memories | undefined) {
    this.#memories = memories;
    this.#memory = memories?.take();
    this.#instance = new WebAssembly.Instance(module, importsOf(this.#memory));
  }

  discard(): void {
    if (this.#memory !== undefined) this.#memories?.giveBack(this.#memory);
  }

  log(): Uint8Array {
    return nothing;
  }

  call(payload: Uint8Array): GuestResponse {
    const { exportName, values } = decodeCall(payload);
    const entry = this.#instance.exports[exportName] as ((...values: ScalarValue[]) => unknown) | undefined;
    if (typeof entry !== 'function') throw new Error(`the gateway named an export that is no function: ${exportName}`);
    const result: unknown = entry(...values);
    if (result === undefined) return noContent;
    const text = Array.isArray(result) ? `[${result.map(toJson).join(',')}]` : toJson(result);
    return { status: 200, headers: jsonHeaders, body: Buffer.from(text) };
  }
}

/** Without prototypes: a module must find nothing that was not put there. */
function importsOf(memory: WebAssembly.Memory | undefined): WebAssembly.Imports {
  const imports = Object.create(null) as WebAssembly.Imports;
  if (memory === undefined) return imports;
  const ours = Object.create(null) as WebAssembly.ModuleImports;
  ours[memoryImport.name] = memory;
  imports[memoryImport.module] = ours;
  return imports;
}

/**
 * JSON has no NaN, no infinities and, in the hands of most readers, no integers beyond 2^53: these become strings.
 * @returns JSON text of one result
 */
function toJson(value: unknown): string {
  if (typeof value === 'bigint') {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? value.toString() : `"${value}"`;
  }
  const number = value as number;
  if (!Number.isFinite(number)) return `"${number}"`;
  return Object.is(number, -0) ? '-0' : String(number);
}
