/** The exported functions of a component as callers see them. */
import { exportedFunctions } from '../component/exports.ts';
import type { ComponentPlan } from '../component/plan.ts';
import { BantamError } from '../contracts/errors.ts';
import type { ExportSignature, Parameter } from '../contracts/function.ts';
import { limits } from '../contracts/limits.ts';
import { witText } from '../contracts/wit-text.ts';

/**
 * What componentize-qjs leaves of its preparation in every component it makes: listed as not callable, as runtimes of core modules are.
 * By name and type, so that no function of a user is meant.
 */
const runtimeExport = 'init(shim: string, script: string, entry-path: option<string>, disable-gc: bool) -> result<_, string>';

/**
 * @throws BantamError MODULE_UNSUPPORTED naming an export and the type in it that HTTP cannot carry
 * @throws ComponentError when the types are too many
 */
export function typedExports(plan: ComponentPlan): ExportSignature[] {
  return exportedFunctions(plan, limits.maxTypeNodes).map((exported) => {
    const { name } = exported;
    if ('refused' in exported) {
      throw new BantamError(
        'MODULE_UNSUPPORTED',
        `the export ${JSON.stringify(name)} cannot be called over HTTP: its type has ${exported.refused}; export functions of plain values, or wasi:http/incoming-handler`,
      );
    }
    const { signature } = exported;
    const params = signature.params.map((param) => ({ name: param.name, type: witText(param.type) }));
    const results = signature.result === undefined ? [] : [witText(signature.result)];
    return { name, params, results, callable: textOf(name, params, results) !== runtimeExport, wit: signature };
  });
}

function textOf(name: string, params: readonly Parameter[], results: readonly string[]): string {
  return `${name}(${params.map((param) => `${param.name}: ${param.type}`).join(', ')}) -> ${results.join()}`;
}
