/** Kinds of module and the values a call carries. Without imports: the executor reads this file at every boot. */

/** Value types of core WebAssembly that an HTTP call can carry. */
export const scalarTypes = ['i32', 'i64', 'f32', 'f64'] as const;
export type ScalarType = (typeof scalarTypes)[number];

/**
 * Kinds of module. Each has its own analysis and runner:
 * - `core`: exports called with scalars; needs no WASI
 * - `reactor`: the same, on a WASI preview 1 host, after `_initialize`
 * - `command`: WASI preview 1, one run of `_start` per call
 * - `component`: typed WIT exports
 * - `component-http`: exports `wasi:http/incoming-handler`
 * - `component-command`: exports `wasi:cli/run`
 */
export const moduleKinds = ['core', 'reactor', 'command', 'component', 'component-http', 'component-command'] as const;
export type ModuleKind = (typeof moduleKinds)[number];

/** What a call carries to each kind: scalars (call.ts), WIT values (typed-call.ts) or the whole HTTP request (request.ts). */
export const payloadOf = {
  core: 'scalars',
  reactor: 'scalars',
  command: 'request',
  component: 'values',
  'component-http': 'request',
  'component-command': 'request',
} as const satisfies Record<ModuleKind, 'scalars' | 'values' | 'request'>;

/** The export that every call of these kinds runs; those of the others are chosen. */
const fixedEntries: Readonly<Partial<Record<ModuleKind, string>>> = {
  command: '_start',
  'component-http': 'wasi:http/incoming-handler',
  'component-command': 'wasi:cli/run',
};

/** @returns undefined where a call may name an export */
export function fixedEntryOf(kind: ModuleKind): string | undefined {
  return fixedEntries[kind];
}
