/** Resource `fields` of wasi:http/types: header fields in order, found by name without regard to case (RFC 9110, section 5). */

export type HeaderErrorTag = 'invalid-syntax' | 'forbidden' | 'immutable';

interface Field {
  /** In lower case. */
  readonly key: string;
  /** As it was given. */
  readonly name: string;
  /** One character per byte (latin1). */
  readonly value: string;
}

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, section 5.5: neither control characters but the tab, nor DEL. */
const outsideValue = /[^\t -~\x80-\xff]/;

/** RFC 9110, section 8.6; as many digits as a number holds exactly. */
const lengthValue = /^\d{1,15}$/;

/** What only hosts set, as wasmtime has it (crates/wasi-http, DEFAULT_FORBIDDEN_HEADERS): it concerns a connection, which is not the guest's. */
const forbidden: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** What a field counts as: RFC 9113, section 6.5.2 (SETTINGS_MAX_HEADER_LIST_SIZE). */
function sizeOf(nameLength: number, valueLength: number): number {
  return nameLength + valueLength + 32;
}

export class Fields {
  #fields: Field[];
  /** Fields of a message stay as they are. */
  immutable = false;

  constructor(fields: readonly Field[] = []) {
    this.#fields = [...fields];
  }

  /** @param flat of a request (contracts/request.ts); what guests may not set, they do not see either: else they could not pass on what they got */
  static ofRequest(flat: readonly string[]): Fields {
    const fields: Field[] = [];
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] ?? '';
      if (!forbidden.has(name)) fields.push({ key: name, name, value: flat[i + 1] ?? '' });
    }
    const all = new Fields(fields);
    all.immutable = true;
    return all;
  }

  get sizeBytes(): number {
    return this.#fields.reduce((sum, { name, value }) => sum + sizeOf(name.length, value.length), 0);
  }

  get count(): number {
    return this.#fields.length;
  }

  /** The content-length, if there is one; `invalid` when it is no number, which only a client's request can bring. */
  get declaredLength(): number | undefined | 'invalid' {
    const field = this.#fields.find(({ key }) => key === 'content-length');
    if (field === undefined) return undefined;
    return lengthValue.test(field.value) ? Number(field.value) : 'invalid';
  }

  get(name: string): Uint8Array[] {
    const key = keyOf(name);
    return this.#fields.filter((field) => field.key === key).map(({ value }) => Buffer.from(value, 'latin1'));
  }

  has(name: string): boolean {
    const key = keyOf(name);
    return this.#fields.some((field) => field.key === key);
  }

  set(name: string, values: readonly Uint8Array[]): HeaderErrorTag | undefined {
    const problem = this.#problemWith(name, values);
    if (problem !== undefined) return problem;
    const key = name.toLowerCase();
    this.#fields = this.#fields.filter((field) => field.key !== key);
    for (const value of values) this.#fields.push({ key, name, value: latin1(value) });
    return undefined;
  }

  append(name: string, value: Uint8Array): HeaderErrorTag | undefined {
    const problem = this.#problemWith(name, [value]);
    if (problem !== undefined) return problem;
    const key = name.toLowerCase();
    if (key === 'content-length' && this.has(key)) return 'invalid-syntax';
    this.#fields.push({ key, name, value: latin1(value) });
    return undefined;
  }

  delete(name: string): HeaderErrorTag | undefined {
    return this.set(name, []);
  }

  entries(): [name: string, value: Uint8Array][] {
    return this.#fields.map(({ name, value }) => [name, Buffer.from(value, 'latin1')]);
  }

  clone(): Fields {
    return new Fields(this.#fields);
  }

  /** Flat list: lower-case name, value, name, value ... */
  flatten(): string[] {
    return this.#fields.flatMap(({ key, value }) => [key, value]);
  }

  #problemWith(name: string, values: readonly Uint8Array[]): HeaderErrorTag | undefined {
    if (this.immutable) return 'immutable';
    const key = keyOf(name);
    if (key === undefined) return 'invalid-syntax';
    if (forbidden.has(key)) return 'forbidden';
    // Two lengths of one body would leave it to the reader which one counts.
    if (key === 'content-length' && (values.length > 1 || !values.every((value) => lengthValue.test(latin1(value)))))
      return 'invalid-syntax';
    return values.some((value) => outsideValue.test(latin1(value))) ? 'invalid-syntax' : undefined;
  }
}

/** Beforehand, since the guest pays for what it keeps: bytes that these fields count as. */
export function sizeOfFields(name: string, values: readonly Uint8Array[]): number {
  return values.reduce((sum, value) => sum + sizeOf(name.length, value.length), 0);
}

/** @returns undefined for what is no field name */
function keyOf(name: string): string | undefined {
  return token.test(name) ? name.toLowerCase() : undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
