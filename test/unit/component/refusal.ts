/** Components that must be refused, and how tests say so. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ComponentError, type ComponentErrorKind } from '../../../component/error.ts';
import { flattenComponent } from '../../../component/flatten.ts';
import { componentFromWat } from '../../support/components.ts';

/** `wat` is what stands within `(component ...)`. */
export type Refusal = readonly [what: string, message: RegExp, wat: string];

/** A core module, as `$i`, with what lifts need. */
export const core = `(core module $M (memory (export "mem") 1) (memory (export "mem64") i64 1) (memory (export "shared") 1 1 shared)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "nothing")) (func (export "one") (result i32) i32.const 1) (func (export "take") (param i32 i32))
    (func (export "drop") (param i32)))
  (core instance $i (instantiate $M))`;
export const memory = '(memory (core memory $i "mem"))';
export const realloc = '(realloc (core func $i "realloc"))';

export async function refusalOf(wat: string): Promise<ComponentError> {
  return refusalOfBytes(await componentFromWat(`(component ${wat})`));
}

export function refusalOfBytes(bytes: Uint8Array): ComponentError {
  try {
    flattenComponent(bytes);
  } catch (error) {
    assert.ok(error instanceof ComponentError, String(error));
    return error;
  }
  return assert.fail('flattened without a word');
}

/** Makes a test of each row. */
export function refuses(kind: ComponentErrorKind, rows: readonly Refusal[]): void {
  for (const [what, message, wat] of rows) {
    test(`refuses as ${kind}: ${what}`, async () => {
      const error = await refusalOf(wat);
      assert.match(error.message, message);
      assert.equal(error.kind, kind);
    });
  }
}
