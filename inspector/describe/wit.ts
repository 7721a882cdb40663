/**
 * The WIT of a component: its world, and the interfaces that it exports with all their types. Written from the plan, because jco's text names
 * the exported interfaces but leaves out what is in them. Pure.
 * @see https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
 */
import type { ComponentPlan, Extern } from '../../component/plan.ts';
import { WitScope, block, identifier } from './wit-scope.ts';

/** @throws ComponentError for types that are too large to be written */
export function writeWit(plan: ComponentPlan): string {
  const versions = new Map([...plan.imports.keys()].map((name) => [name.replace(/@.*$/, ''), name]));
  const scope = (): WitScope => new WitScope((iface) => versions.get(iface) ?? iface);
  const world = worldLines(plan, scope());
  const packages = new Map<string, string[]>();
  for (const [name, extern] of interfaces(plan)) {
    const { pkg, iface } = splitName(name);
    const lines = block(
      `interface ${identifier(iface)}`,
      scope().write(extern.exports, (func, text) => `${func}: ${text};`),
    );
    packages.set(pkg, [...(packages.get(pkg) ?? []), ...lines]);
  }
  const parts = [
    ['package root:component;'],
    block('world root', world),
    ...Array.from(packages, ([pkg, lines]) => block(`package ${pkg}`, lines)),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

type InstanceExtern = Extract<Extern, { readonly sort: 'instance' }>;

/** Those that are exported, and those that are imported for their types; of WASI, everyone has the text. */
function interfaces({ imports, exports }: ComponentPlan): Map<string, InstanceExtern> {
  const found = new Map<string, InstanceExtern>();
  for (const [name, extern] of [...imports, ...exports])
    if (extern.sort === 'instance' && name.includes(':') && !name.startsWith('wasi:')) found.set(name, extern);
  return found;
}

function worldLines({ imports, exports }: ComponentPlan, scope: WitScope): string[] {
  const lines: string[] = [];
  for (const [name, extern] of imports) if (extern.sort === 'instance') lines.push(`import ${name};`);
  lines.push(...scope.write(imports, (func, text) => `import ${func}: ${text};`));
  lines.push(...scope.write(exports, (func, text) => `export ${func}: ${text};`));
  for (const [name, extern] of exports) {
    if (extern.sort !== 'instance') continue;
    if (name.includes(':')) lines.push(`export ${name};`);
    else
      lines.push(
        ...block(
          `export ${identifier(name)}: interface`,
          scope.write(extern.exports, (func, text) => `${func}: ${text};`),
        ),
      );
  }
  return lines;
}

/** `local:demo/api@0.1.0` -> package `local:demo@0.1.0`, interface `api`. */
function splitName(name: string): { readonly pkg: string; readonly iface: string } {
  const [path = '', version] = name.split('@');
  const slash = path.lastIndexOf('/');
  return { pkg: `${path.slice(0, slash)}${version === undefined ? '' : `@${version}`}`, iface: path.slice(slash + 1) };
}
