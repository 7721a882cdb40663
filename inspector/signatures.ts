/** The exported functions of a module as callers see them: parameter names, types, whether HTTP can carry them. */
import type { ExportSignature } from '../contracts/function.ts';
import { scalarTypes } from '../contracts/kinds.ts';
import { type CoreModule, type ExportDescription, functionType } from '../wasm/module.ts';
import { readNames } from '../wasm/names.ts';
import type { FuncType } from '../wasm/types.ts';
import { overLimit } from './refuse.ts';

/** Parameters and results of all exports together; past it the analysis would outgrow the module. */
const maxSignatureValues = 100_000;
/** As in the configuration's `params`. */
const maxParameterNameLength = 128;

const scalars: ReadonlySet<string> = new Set(scalarTypes);

/**
 * Exports of language runtimes, for loaders and glue: never what a call means. C and C++ (`__wasm_call_ctors`, `__heap_base` ...), WASI,
 * component adapters (`cabi_realloc`), allocators, Emscripten, AssemblyScript (`__new`, `__pin` ...), Binaryen's asyncify, TinyGo.
 */
const runtimeName =
  /^(_start|_initialize|__(wasm|heap|data|stack|memory|table|indirect|global|dso|tls|errno)_\w+|__(new|renew|pin|unpin|link|collect|visit|setArgumentsLength)|cabi_.*|canonical_abi_.*|asyncify_.*|malloc|calloc|realloc|free|aligned_alloc|posix_memalign|memalign|setThrew|(get|set)TempRet0|stack(Save|Restore|Alloc)|_?emscripten_.*|dynCall_.*|fflush)$/;

/**
 * Exports of language runtimes are listed as not callable. Parameters are named by the name section when it names all of one function differently, else p0, p1 ...
 * @param wasm a valid one
 * @throws BantamError MODULE_OVER_LIMIT
 */
export function exportSignatures(wasm: CoreModule): ExportSignature[] {
  const functions = typedFunctionExports(wasm);
  const names = readNames(wasm, new Map(functions.map(({ index, type }) => [index, type.params.length])));
  return functions.map(({ name, index, type }) => {
    const given = names.get(index)?.params;
    const usable = given !== undefined && areUsable(given);
    return {
      name,
      params: type.params.map((param, i) => ({ name: (usable ? given[i] : undefined) ?? `p${i}`, type: param })),
      results: [...type.results],
      callable: !runtimeName.test(name) && [...type.params, ...type.results].every((value) => scalars.has(value)),
    };
  });
}

interface TypedExport extends ExportDescription {
  readonly type: FuncType;
}

function typedFunctionExports(wasm: CoreModule): TypedExport[] {
  const functions: TypedExport[] = [];
  let values = 0;
  for (const exported of wasm.exports) {
    const type = exported.kind === 'function' ? functionType(wasm, exported.index) : undefined;
    if (!type) continue;
    values += type.params.length + type.results.length;
    if (values > maxSignatureValues)
      throw overLimit(`the exported functions have more than ${maxSignatureValues} parameters and results together`);
    functions.push({ ...exported, type });
  }
  return functions;
}

function areUsable(names: readonly string[]): boolean {
  return new Set(names).size === names.length && names.every((name) => name !== '' && name.length <= maxParameterNameLength);
}
