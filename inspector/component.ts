/** Inspects a component: decoded, within limits, imports nothing but what is given, valid by jco, exports what can be called. */
import { BantamError, type ErrorCode } from '../contracts/errors.ts';
import type { ModuleAnalysis } from '../contracts/function.ts';
import type { ModuleKind } from '../contracts/kinds.ts';
import { ComponentError, type ComponentErrorKind } from '../component/error.ts';
import { flattenComponent } from '../component/flatten.ts';
import { importedFunctions } from '../component/signature-text.ts';
import type { ComponentPlan } from '../component/plan.ts';
import { interfaceNeeds } from '../wasi/needs.ts';
import { refuseMissingFunctions } from './component-imports.ts';
import { compileModules, refuseModules } from './component-modules.ts';
import { detectKind } from './component-kind.ts';
import { typedExports } from './component-exports.ts';
import { judge } from './jco.ts';

const codes: Readonly<Record<ComponentErrorKind, ErrorCode>> = {
  invalid: 'MODULE_INVALID',
  unsupported: 'MODULE_UNSUPPORTED',
  excess: 'MODULE_OVER_LIMIT',
};

/**
 * What is cheap comes first; jco, which costs most, last.
 * @param bytes a component: `identify` said so
 * @throws BantamError MODULE_INVALID, MODULE_UNSUPPORTED, MODULE_OVER_LIMIT, IMPORT_NOT_PROVIDED
 */
export async function inspectComponent(
  bytes: Uint8Array<ArrayBuffer>,
  { maxMemoryBytes }: { readonly maxMemoryBytes: number },
): Promise<ModuleAnalysis> {
  const analysis = withOurErrors(bytes, () => {
    const plan = flattenComponent(bytes);
    refuseModules(bytes, plan, maxMemoryBytes);
    return analyse(plan);
  });
  compileModules(bytes);
  await judge(bytes);
  return analysis;
}

function analyse(plan: ComponentPlan): ModuleAnalysis {
  const imports = [...importedFunctions(plan)];
  refuseMissingFunctions(imports);
  const kind: ModuleKind = detectKind(plan);
  // Of the other kinds a call means the whole component; their exports cannot be called one by one.
  return { kind, exports: kind === 'component' ? typedExports(plan) : [], needs: interfaceNeeds(imports) };
}

function withOurErrors<T>(bytes: Uint8Array, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ComponentError)) throw error;
    const later = error.kind === 'unsupported' && asksForLaterWasi(bytes) ? ' (it asks for WASI 0.3; build it for WASI 0.2)' : '';
    const extra = error.offset === undefined ? undefined : { offset: error.offset };
    throw new BantamError(codes[error.kind], `the component cannot be run: ${error.message}${later}`, extra, { cause: error });
  }
}

/** Whether some name in it says so; only a word in a message depends on it. */
function asksForLaterWasi(bytes: Uint8Array): boolean {
  return /wasi:[a-z-]+\/[a-z-]+@0\.3\./.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
}
