/** The guests that `kinds` calls: each with one call, as HTTP and as what the executor gets of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCall } from '../../contracts/call.ts';
import type { ModuleKind } from '../../contracts/kinds.ts';
import { encodeRequest } from '../../contracts/request.ts';
import { encodeTypedCall } from '../../contracts/typed-call.ts';
import type { HttpCall } from '../load/call.ts';

export const guestNames = ['core-fib', 'command-hello', 'command-echo', 'component-person', 'http-hello', 'quickjs-hello'] as const;
export type GuestName = (typeof guestNames)[number];

export interface Guest {
  readonly name: GuestName;
  readonly kind: ModuleKind;
  /** The export that is called where no path names one; undefined where there is but one. */
  readonly entry: string | undefined;
  /** Path of its module. */
  readonly module: string;
  /** Its path is what follows `/fn/{name}`. */
  readonly call: HttpCall;
  /** What the gateway makes of the call for the executor. */
  readonly payload: Uint8Array;
}

type Described = Omit<Guest, 'name' | 'module' | 'payload' | 'entry'> & {
  readonly file: string;
  readonly entry?: string;
  readonly payload?: Uint8Array;
};

const text = 'The quick brown fox jumps over the lazy dog, as it always did.\n';
const person = { name: 'Ada', age: 36, tags: ['maths', 'engines'] };

const described: Readonly<Record<GuestName, () => Described>> = {
  'core-fib': () => ({
    kind: 'core',
    file: 'examples/fib-c/fib.wasm',
    call: get('?n=5', '5'),
    payload: encodeCall('fib', ['i32'], [5]),
  }),
  'command-hello': () => ({ kind: 'command', file: 'examples/hello-c/hello.wasm', call: get('', 'Hello from C, world!\n') }),
  'command-echo': () => {
    const body = Buffer.from(text.repeat(Math.ceil(1_048_576 / text.length)).slice(0, 1_048_576));
    const call: HttpCall = { method: 'POST', path: '', contentType: 'text/plain', body, expected: body };
    return { kind: 'command', file: 'bench/guests/echo-c/echo.wasm', call };
  },
  'component-person': () => ({
    kind: 'component',
    file: 'examples/person-c/person.wasm',
    entry: 'greet',
    call: {
      method: 'POST',
      path: '',
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(person)),
      expected: Buffer.from('"Hello Ada, 36, with 2 tags"'),
    },
    payload: encodeTypedCall({ exportName: 'greet', args: [person], rawBytes: false }),
  }),
  'http-hello': () => ({ kind: 'component-http', file: 'examples/http-rust/http.wasm', call: get('/', 'Hello from Rust!\n') }),
  'quickjs-hello': () => ({
    kind: 'component',
    file: 'examples/greet-js/greet.wasm',
    entry: 'hello',
    call: get('?name=Ada', '"Hello from JavaScript, Ada!"'),
    payload: encodeTypedCall({ exportName: 'hello', args: ['Ada'], rawBytes: false }),
  }),
};

function get(path: string, expected: string): HttpCall {
  return { method: 'GET', path, contentType: undefined, body: undefined, expected: Buffer.from(expected) };
}

export function readGuest(repository: string, name: GuestName): Guest {
  const { file, payload, entry, ...guest } = described[name]();
  return { name, ...guest, entry, module: join(repository, file), payload: payload ?? encodeWhole(name, guest.call) };
}

/** A request with the headers that the load generators send. */
function encodeWhole(name: string, { method, path, contentType, body }: HttpCall): Uint8Array {
  const length = body === undefined ? [] : ['content-type', contentType ?? '', 'content-length', `${body.length}`];
  return encodeRequest({
    method,
    scheme: 'http',
    authority: '127.0.0.1:8080',
    scriptName: `/fn/${name}`,
    pathInfo: path,
    query: '',
    remoteAddress: '127.0.0.1',
    httpVersion: '1.1',
    headers: ['host', '127.0.0.1:8080', ...length],
    body: body ?? new Uint8Array(0),
  });
}

export function moduleBytes(guest: Guest): Uint8Array {
  return readFileSync(guest.module);
}
