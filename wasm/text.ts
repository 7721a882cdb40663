/** Renders types and imports as people read them in messages. Pure. */
import type { ImportDescription } from './imports.ts';
import type { FuncType } from './types.ts';

const kindNames = { function: 'func', table: 'table', memory: 'memory', global: 'global', tag: 'tag' } as const;

/** @returns like `(i32, i64) -> f64`, `() -> (i32, i32)`, `(i32) -> ()` */
export function formatFuncType({ params, results }: FuncType): string {
  return `(${params.join(', ')}) -> ${results.length === 1 ? results.join() : `(${results.join(', ')})`}`;
}

/** @returns like `"env"."foo" (func)`; names are quoted as in JSON, so that control characters cannot show */
export function formatImport({ module, name, type }: ImportDescription): string {
  return `${JSON.stringify(module)}.${JSON.stringify(name)} (${kindNames[type.kind]})`;
}
