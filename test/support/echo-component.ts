/** Components that hand one value through everything: caller -> guest -> host function -> guest -> caller. */
import { Flattener } from '../../component/flat.ts';
import { flattenComponent } from '../../component/flatten.ts';
import type { StringEncoding } from '../../component/plan.ts';
import type { FunctionType } from '../../component/types.ts';
import { componentFromWat } from './components.ts';

/** A value type in component WAT. Types that need a name are defined first. */
export interface TypeText {
  readonly definitions: readonly { readonly name: string; readonly text: string }[];
  readonly text: string;
}

export const echoInterface = 'test:echo/api';

/** Results of more than one core value are written here; the heap begins behind it. */
const resultAt = 1024;
const heapAt = 16_384;

/** A bump allocator that moves what it grows. */
export const allocator = `
  (core module $Libc
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const ${heapAt}))
    (func (export "realloc") (param $old i32) (param $oldSize i32) (param $align i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
                              (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (if (i32.gt_u (global.get $top) (i32.shl (memory.size) (i32.const 16)))
        (then (drop (memory.grow (i32.add (i32.const 1)
          (i32.sub (i32.shr_u (global.get $top) (i32.const 16)) (memory.size)))))))
      (memory.copy (local.get $at) (local.get $old)
        (select (local.get $oldSize) (local.get $size) (i32.lt_u (local.get $oldSize) (local.get $size))))
      (local.get $at))
    (func (export "heap") (result i32)
      (i32.store (i32.const 8) (i32.const ${heapAt}))
      (i32.store (i32.const 12) (i32.sub (global.get $top) (i32.const ${heapAt})))
      (i32.const 8)))
  (core instance $libc (instantiate $Libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))`;

function declaration({ definitions, text }: TypeText): string {
  const types = definitions.map((one) => `(type $_${one.name} ${one.text}) (export "${one.name}" (type $${one.name} (eq $_${one.name})))`);
  return `(import "${echoInterface}" (instance $api ${types.join(' ')} (export "echo" (func (param "x" ${text}) (result ${text})))))`;
}

/** Exports `echo`, which calls `echo` of the interface, and `heap`, which tells what was allocated for it. */
export async function echoComponent(type: TypeText, encoding: StringEncoding = 'utf8'): Promise<Uint8Array> {
  const imports = declaration(type);
  const { func } = echoOf(await componentFromWat(`(component ${imports})`));
  const flattener = new Flattener();
  const lifted = flattener.function(func, 'lift');
  const lowered = flattener.function(func, 'lower');
  const inMemory = lifted.resultInMemory ? `(i32.const ${resultAt})` : '';
  const options = `string-encoding=${encoding} (memory $memory) (realloc $realloc)`;
  const aliases = type.definitions.map(({ name }) => `(alias export $api "${name}" (type $${name}))`);
  return componentFromWat(`(component
    ${imports} ${aliases.join(' ')} ${allocator}
    (core func $echo (canon lower (func $api "echo") ${options}))
    (core module $Main
      (import "host" "echo" (func $echo ${signature(lowered.core.params, lowered.core.results)}))
      (func (export "echo") ${signature(lifted.core.params, lifted.core.results)}
        (call $echo ${lifted.core.params.map((_, i) => `(local.get ${i})`).join(' ')} ${inMemory}) ${inMemory}))
    (core instance $main (instantiate $Main (with "host" (instance (export "echo" (func $echo))))))
    (func (export "echo") (param "x" ${type.text}) (result ${type.text}) (canon lift (core func $main "echo") ${options}))
    (func (export "heap") (result (list u8)) (canon lift (core func $libc "heap") (memory $memory))))`);
}

function signature(params: readonly unknown[], results: readonly unknown[]): string {
  return `${params.length === 0 ? '' : `(param ${params.join(' ')})`} ${results.length === 0 ? '' : `(result ${results.join(' ')})`}`;
}

function echoOf(bytes: Uint8Array): { readonly func: FunctionType } {
  const extern = flattenComponent(bytes).imports.get(echoInterface);
  const echo = extern?.sort === 'instance' ? extern.exports.get('echo') : undefined;
  if (echo?.sort !== 'func') throw new Error('the component imports no echo');
  return { func: echo.func.type };
}
