/** Runs kind `core`: one exported function called with scalars, its results answered as JSON. */
import { decodeCall, type ScalarValue } from '../../contracts/call.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';

const jsonHeaders = ['content-type', 'application/json'] as const;
const noContent: GuestResponse = { status: 204, headers: [], body: new Uint8Array(0) };

/** @see https://webassembly.github.io/spec/js-api/ for how results become JavaScript values */
export const coreRunner: Runner = {
  compile(bytes) {
    // A copy-free view is fine: V8 copies the wire bytes.
    const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
    return { instantiate: () => new CoreInstance(new WebAssembly.Instance(module, Object.create(null) as WebAssembly.Imports)) };
  },
};

class CoreInstance implements RunnerInstance {
  readonly #instance: WebAssembly.Instance;

  constructor(instance: WebAssembly.Instance) {
    this.#instance = instance;
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
