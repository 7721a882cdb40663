/** Calls an exported function of a core module with scalars; its results are JSON. */
import { decodeCall, type ScalarValue } from '../../contracts/call.ts';
import type { GuestResponse } from './kind.ts';

const jsonHeaders = ['content-type', 'application/json'] as const;
const noContent: GuestResponse = { status: 204, headers: [], body: new Uint8Array(0) };

/**
 * @param payload contracts/call.ts
 * @throws what the guest throws
 * @see https://webassembly.github.io/spec/js-api/ for how results become JavaScript values
 */
export function callExport(exports: WebAssembly.Exports, payload: Uint8Array): GuestResponse {
  const { exportName, values } = decodeCall(payload);
  const entry = exports[exportName] as ((...values: ScalarValue[]) => unknown) | undefined;
  if (typeof entry !== 'function') throw new Error(`the gateway named an export that is no function: ${exportName}`);
  const result: unknown = entry(...values);
  if (result === undefined) return noContent;
  const text = Array.isArray(result) ? `[${result.map(toJson).join(',')}]` : toJson(result);
  return { status: 200, headers: jsonHeaders, body: Buffer.from(text) };
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
