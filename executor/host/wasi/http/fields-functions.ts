/** The functions of resource `fields` of wasi:http/types. What a guest keeps in fields is counted. */
import type { HostFunction } from '../../../component/host.ts';
import { stop } from '../../stop.ts';
import type { World } from '../../world.ts';
import { done, err, ok, type Result } from '../result.ts';
import { Fields, type HeaderErrorTag, sizeOfFields } from './fields.ts';

interface HeaderError {
  readonly tag: HeaderErrorTag;
}

function spend(world: World, count: number): void {
  const stopped = world.http.spendHead(count);
  if (stopped !== undefined) stop(world, stopped);
}

function outcome(problem: HeaderErrorTag | undefined): Result<undefined, HeaderError> {
  return problem === undefined ? done : err({ tag: problem });
}

function fromList(world: World, entries: readonly (readonly [name: string, value: Uint8Array])[]): Result<Fields, HeaderError> {
  const fields = new Fields();
  for (const [name, value] of entries) {
    const added = append(world, fields, name, value);
    if (added.tag === 'err') return added;
  }
  return ok(fields);
}

function append(world: World, self: Fields, name: string, value: Uint8Array): Result<undefined, HeaderError> {
  spend(world, sizeOfFields(name, [value]));
  return outcome(self.append(name, value));
}

function set(world: World, self: Fields, name: string, values: readonly Uint8Array[]): Result<undefined, HeaderError> {
  spend(world, sizeOfFields(name, values));
  return outcome(self.set(name, values));
}

function clone(world: World, self: Fields): Fields {
  spend(world, self.sizeBytes);
  return self.clone();
}

export const fieldsFunctions: readonly (readonly [name: string, HostFunction<World>])[] = [
  ['[constructor]fields', (): Fields => new Fields()],
  ['[static]fields.from-list', fromList],
  ['[method]fields.get', (_: World, self: Fields, name: string): Uint8Array[] => self.get(name)],
  ['[method]fields.has', (_: World, self: Fields, name: string): boolean => self.has(name)],
  ['[method]fields.set', set],
  ['[method]fields.delete', (_: World, self: Fields, name: string): Result<undefined, HeaderError> => outcome(self.delete(name))],
  ['[method]fields.append', append],
  ['[method]fields.entries', (_: World, self: Fields): [string, Uint8Array][] => self.entries()],
  ['[method]fields.clone', clone],
];
