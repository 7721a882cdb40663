/** WIT types as text in WIT syntax, for signatures and error messages. Pure. */
import type { WitType } from './wit.ts';

/** Characters after which no further part is begun. */
const enough = 4_000;

interface Room {
  left: number;
}

/**
 * Types are written out, since names of types are not kept: `list<u8>`, `record { name: string, age: u32 }`, `variant { circle(f32), point }`.
 * @returns what is left out of a very long text is shown as `...`
 */
export function witText(type: WitType): string {
  return write(type, { left: enough });
}

function write(type: WitType, room: Room): string {
  if (room.left <= 0) return '...';
  room.left -= type.kind.length;
  switch (type.kind) {
    case 'list':
      return `list<${write(type.of, room)}${type.length === undefined ? '' : `, ${type.length}`}>`;
    case 'option':
      return `option<${write(type.of, room)}>`;
    case 'result':
      return result(type.ok, type.err, room);
    case 'tuple':
      return `tuple<${each(type.of, room, (of) => write(of, room))}>`;
    case 'record':
      return `record { ${each(type.fields, room, (field) => `${name(field.name, room)}: ${write(field.type, room)}`)} }`;
    case 'variant':
      return `variant { ${each(type.cases, room, (one) => name(one.name, room) + (one.type === undefined ? '' : `(${write(one.type, room)})`))} }`;
    case 'enum':
    case 'flags':
      return `${type.kind} { ${each(type.names, room, (one) => name(one, room))} }`;
    case 'bool':
    case 's8':
    case 'u8':
    case 's16':
    case 'u16':
    case 's32':
    case 'u32':
    case 's64':
    case 'u64':
    case 'f32':
    case 'f64':
    case 'char':
    case 'string':
      return type.kind;
  }
}

function result(ok: WitType | undefined, err: WitType | undefined, room: Room): string {
  if (ok === undefined && err === undefined) return 'result';
  const left = ok === undefined ? '_' : write(ok, room);
  return err === undefined ? `result<${left}>` : `result<${left}, ${write(err, room)}>`;
}

function name(text: string, room: Room): string {
  room.left -= text.length;
  return text;
}

function each<Part>(parts: readonly Part[], room: Room, one: (part: Part) => string): string {
  const texts: string[] = [];
  for (const part of parts) {
    room.left -= 2;
    if (room.left <= 0) {
      texts.push('...');
      break;
    }
    texts.push(one(part));
  }
  return texts.join(', ');
}
