/** Reads canonical options (Binary.md, "canonopt"). */
import type { ByteReader } from '../wasm/reader.ts';
import { invalid, unsupported } from './error.ts';
import type { Context, CoreItem, StringEncoding } from './plan.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { readVector } from './reader.ts';
import type { Scope } from './scope.ts';

export interface CanonOptions {
  readonly context: Omit<Context, 'instance'>;
  readonly postReturn: CoreItem | undefined;
  readonly async: boolean;
}

const encodings: readonly StringEncoding[] = ['utf8', 'utf16', 'latin1+utf16'];
const option = { memory: 0x03, realloc: 0x04, postReturn: 0x05, async: 0x06, callback: 0x07, coreType: 0x08, gc: 0x09 } as const;

/** `opts`. */
export function readCanonOptions(plan: PlanBuilder, reader: ByteReader, scope: Scope): CanonOptions {
  const seen = new Set<number | string>();
  const once = (key: number | string, offset: number): void => {
    if (seen.has(key)) throw invalid('a canonical option is there twice', offset);
    seen.add(key);
  };
  let encoding: StringEncoding = 'utf8';
  let memory = -1;
  let realloc = -1;
  let postReturn: CoreItem | undefined;
  readVector(plan.budget, reader, 'options', () => {
    const offset = reader.offset;
    const code = reader.byte();
    const given = encodings[code];
    once(given === undefined ? code : 'encoding', offset);
    if (given !== undefined) {
      encoding = given;
      return;
    }
    switch (code) {
      case option.memory:
        memory = plan.slot('memory', scope.getCore('memory', reader.u32(), offset), offset);
        break;
      case option.realloc:
        realloc = readRealloc(plan, reader, scope);
        break;
      case option.postReturn:
        postReturn = scope.getCore('func', reader.u32(), offset);
        break;
      case option.async:
        break;
      case option.callback:
        reader.u32();
        break;
      case option.coreType:
      case option.gc:
        throw unsupported('canonical options for garbage-collected values', offset);
      default:
        throw invalid('an unknown canonical option', offset);
    }
  });
  const async = seen.has(option.async);
  if (realloc >= 0 && memory < 0) throw invalid('a realloc without a memory', reader.offset);
  if (seen.has(option.callback) && !async) throw invalid('a callback of a function that is not asynchronous', reader.offset);
  return { context: { encoding, memory, realloc }, postReturn, async };
}

function readRealloc(plan: PlanBuilder, reader: ByteReader, scope: Scope): number {
  const offset = reader.offset;
  const item = scope.getCore('func', reader.u32(), offset);
  plan.expectCoreType(item, { params: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] }, 'a realloc', offset);
  return plan.slot('func', item, offset);
}
