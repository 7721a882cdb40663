/** What a component is for, by its exports: HTTP, a command, or functions of its own. */
import type { ComponentPlan, Extern } from '../component/plan.ts';
import { functionText } from '../component/signature-text.ts';
import { BantamError } from '../contracts/errors.ts';
import type { ModuleKind } from '../contracts/kinds.ts';
import { wasiVersion } from './component-imports.ts';

interface Entry {
  readonly kind: ModuleKind;
  readonly iface: string;
  readonly name: string;
  readonly text: string;
}

/** In this order. Types as of component/signature-text.ts. */
const entries: readonly Entry[] = [
  {
    kind: 'component-http',
    iface: 'wasi:http/incoming-handler',
    name: 'handle',
    text: '(own<wasi:http/types.incoming-request>,own<wasi:http/types.response-outparam>)->_',
  },
  { kind: 'component-command', iface: 'wasi:cli/run', name: 'run', text: '()->result<_,_>' },
];

/** What later and earlier versions of WASI call the same; a component that exports one of these is not meant to be called by its name. */
const otherVersions = /^wasi:(http\/(incoming-)?handler|http\/service|cli\/run)(@|$)/;

/**
 * @throws BantamError MODULE_UNSUPPORTED for an export of another version of WASI, or with another type
 */
export function detectKind(plan: ComponentPlan): ModuleKind {
  for (const { kind, iface, name, text } of entries) {
    const found = [...plan.exports].find(([exported]) => isRelease(exported, iface));
    if (!found) continue;
    const actual = functionIn(found[1], name);
    if (actual !== text) {
      const what = actual === undefined ? `no function ${JSON.stringify(name)}` : `${name} of type ${actual}`;
      throw new BantamError('MODULE_UNSUPPORTED', `the component exports ${found[0]} with ${what}; WASI 0.2 has ${name} of type ${text}`);
    }
    return kind;
  }
  const other = [...plan.exports.keys()].find((exported) => otherVersions.test(exported));
  if (other === undefined) return 'component';
  throw new BantamError(
    'MODULE_UNSUPPORTED',
    `the component exports ${JSON.stringify(other)}, which is not of a release of WASI 0.2; build it for wasi:http or wasi:cli 0.2`,
  );
}

function isRelease(exported: string, iface: string): boolean {
  return exported.startsWith(`${iface}@`) && wasiVersion.test(exported.slice(iface.length + 1));
}

function functionIn(extern: Extern, name: string): string | undefined {
  const found = extern.sort === 'instance' ? extern.exports.get(name) : undefined;
  return found?.sort === 'func' ? functionText(found.func.type) : undefined;
}
