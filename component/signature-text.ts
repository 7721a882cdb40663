/** Canonical text of a function's type: what a component declares of an import is compared with what the host implements. */
import { ComponentError } from './error.ts';
import { splitVersion } from './names.ts';
import type { ComponentPlan, HostFunctionRef } from './plan.ts';
import { isPrimitive } from './type-parts.ts';
import type { FunctionType, ResourceType, ValueType } from './types.ts';

/** Parts of types are shared, so written out they can be far longer than the file. */
const maxCharacters = 65_536;

/**
 * Like `(borrow<wasi:io/streams.output-stream>,list<u8>)->result<_,variant{closed,other(u32)}>`: parameters by type only,
 * an absent part is `_`, a resource of the host is `interface.name` without version, any other is `guest`.
 * @throws ComponentError `excess` when the text is longer than 64 Ki characters
 */
export function functionText(type: FunctionType): string {
  const text = new Text();
  if (type.async) text.add('async ');
  text.add('(');
  text.list(type.params, (param) => writeType(text, param.type));
  text.add(')->');
  writeType(text, type.result);
  return text.toString();
}

export interface ImportedFunction {
  /** Without version; empty for a function that is imported by itself. */
  readonly iface: string;
  /** Of the interface; empty when it has none. */
  readonly version: string;
  readonly name: string;
  readonly text: string;
}

/** Every host function that the component's core code can call, once. */
export function* importedFunctions(plan: ComponentPlan): Generator<ImportedFunction> {
  const seen = new Set<HostFunctionRef>();
  for (const trampoline of plan.trampolines) {
    if (trampoline.kind !== 'lower' || trampoline.func.kind !== 'host' || seen.has(trampoline.func)) continue;
    const { func } = trampoline;
    seen.add(func);
    const { name: iface, version } = splitVersion(func.iface);
    yield { iface, version, name: func.name, text: functionText(func.type) };
  }
}

function writeType(text: Text, type: ValueType | undefined): void {
  if (type === undefined) return text.add('_');
  text.add(type.kind);
  if (isPrimitive(type)) return;
  switch (type.kind) {
    case 'record':
      return text.braced(type.fields, (field) => {
        text.add(`${field.name}:`);
        writeType(text, field.type);
      });
    case 'variant':
      return text.braced(type.cases, (each) => {
        text.add(each.name);
        if (each.type !== undefined) writeArguments(text, '()', [each.type]);
      });
    case 'enum':
    case 'flags':
      return text.braced(type.names, (name) => text.add(name));
    case 'tuple':
      return writeArguments(text, '<>', type.of);
    case 'result':
      return writeArguments(text, '<>', [type.ok, type.err]);
    case 'option':
    case 'stream':
    case 'future':
      return writeArguments(text, '<>', [type.of]);
    case 'list':
      text.add('<');
      writeType(text, type.of);
      return text.add(type.length === undefined ? '>' : `,${type.length}>`);
    case 'own':
    case 'borrow':
      return text.add(`<${resourceText(type.resource)}>`);
  }
}

function writeArguments(text: Text, around: '()' | '<>', types: readonly (ValueType | undefined)[]): void {
  text.add(around.charAt(0));
  text.list(types, (type) => writeType(text, type));
  text.add(around.charAt(1));
}

function resourceText({ host }: ResourceType): string {
  return host === undefined ? 'guest' : `${host.iface}.${host.name}`;
}

class Text {
  readonly #parts: string[] = [];
  #length = 0;

  add(part: string): void {
    this.#length += part.length;
    if (this.#length > maxCharacters) throw new ComponentError('excess', `a function type longer than ${maxCharacters} characters`);
    this.#parts.push(part);
  }

  list<T>(entries: readonly T[], write: (entry: T) => void): void {
    for (const [i, entry] of entries.entries()) {
      if (i > 0) this.add(',');
      write(entry);
    }
  }

  braced<T>(entries: readonly T[], write: (entry: T) => void): void {
    this.add('{');
    this.list(entries, write);
    this.add('}');
  }

  toString(): string {
    return this.#parts.join('');
  }
}
