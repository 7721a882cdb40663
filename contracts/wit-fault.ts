/** What is wrong with a JSON value that should be of a WIT type, in words for the caller. Pure. */

/** Names that an error message lists. */
const listed = 20;

/** A value that is not of its type; the message says where and how: `person.age: expected u32, got 4.5`. */
export class WitFault extends Error {
  readonly #what: string;
  #path = '';

  constructor(what: string) {
    super(what);
    this.name = 'WitFault';
    this.#what = what;
  }

  /** Puts a step in front of the path: `person`, `.age`, `[3]`. */
  within(place: string): this {
    this.#path = `${place}${this.#path}`;
    this.message = `${this.#path}: ${this.#what}`;
    return this;
  }
}

/** @returns the step of a path to a member: `.age`, `["a b"]` */
export function step(key: string): string {
  return /^[\w-]{1,64}$/.test(key) ? `.${key}` : `[${show(key)}]`;
}

export function oneOf(names: readonly string[]): string {
  return `one of ${some(names)}`;
}

/** @returns the names, the first 20 of them, and how many more there are */
export function some(names: readonly string[]): string {
  const more = names.length > listed ? ` and ${names.length - listed} more` : '';
  return `${names.slice(0, listed).join(', ')}${more}`;
}

/** @param what in words */
export function expected(what: string, got: unknown): WitFault {
  return new WitFault(`expected ${what}, got ${show(got)}`);
}

function show(json: unknown): string {
  if (json === undefined) return 'nothing';
  if (Array.isArray(json)) return `an array of ${json.length}`;
  if (typeof json === 'object' && json !== null) return 'an object';
  // JSON has no Infinity, which is what JSON.parse makes of 1e999.
  if (typeof json === 'number') return String(json);
  return typeof json === 'string' && json.length > 60 ? `${JSON.stringify(json.slice(0, 60))}...` : JSON.stringify(json);
}
