/** Reads what an import or export is declared to be (Binary.md, "Import and Export Definitions": externdesc). */
import type { ByteReader } from '../wasm/reader.ts';
import { invalid, unsupported } from './error.ts';
import type { DeclaredType, DefinedType, Scope } from './scope.ts';
import type { FunctionType } from './types.ts';

/** `externdesc`. */
export type ExternDescription =
  | { readonly sort: 'func'; readonly type: FunctionType }
  | { readonly sort: 'instance'; readonly type: DeclaredType }
  /** A type that is equal to `type`; a new resource when that is undefined. */
  | { readonly sort: 'type'; readonly type: DefinedType | undefined }
  | { readonly sort: 'component' | 'module' };

export function readExternDescription(reader: ByteReader, scope: Scope): ExternDescription {
  const offset = reader.offset;
  const code = reader.byte();
  const type = (): DefinedType => scope.get('type', reader.u32(), offset).type;
  switch (code) {
    case 0x00:
      if (reader.byte() !== 0x11) throw invalid('an unknown kind of import or export', offset);
      // Core types are not kept: whatever a module is passed to checks it anew.
      reader.u32();
      return { sort: 'module' };
    case 0x01: {
      const found = type();
      if (found.kind !== 'func') throw invalid('a function whose type is none of functions', offset);
      return { sort: 'func', type: found };
    }
    case 0x02:
      throw unsupported('a value import or export', offset);
    case 0x03:
      return { sort: 'type', type: readBound(reader, type) };
    case 0x04: {
      if (type().kind !== 'component-type') throw invalid('a component whose type is none of components', offset);
      return { sort: 'component' };
    }
    case 0x05: {
      const found = type();
      if (found.kind !== 'instance-type') throw invalid('an instance whose type is none of instances', offset);
      return { sort: 'instance', type: found };
    }
    default:
      throw invalid('an unknown kind of import or export', offset);
  }
}

/** `typebound`: equal to a type, or any resource. */
function readBound(reader: ByteReader, type: () => DefinedType): DefinedType | undefined {
  const offset = reader.offset;
  const code = reader.byte();
  if (code > 1) throw invalid('an unknown type bound', offset);
  return code === 0 ? type() : undefined;
}
