/** What tests do with functions through the API of a running deployment. */
import assert from 'node:assert/strict';
import type { ErrorCode } from '../../contracts/errors.ts';
import { errorCatalogue } from '../../contracts/error-catalogue.ts';
import type { FunctionConfig, FunctionVersion } from '../../contracts/function.ts';
import { type HttpAnswer, type HttpRequest, jsonType, send } from './http.ts';
import { fromWat } from './modules.ts';

/** As `curl -T`: a raw module without a content type; with a configuration as a form. */
export function upload(base: string, name: string, bytes: Uint8Array, config?: object): Promise<HttpAnswer> {
  return send(
    base,
    `/api/functions/${name}`,
    config === undefined ? { method: 'PUT', body: bytes } : form({ module: bytes, config: JSON.stringify(config) }),
  );
}

type Part = Uint8Array | string | { readonly json: string };
/** By name; as a list where a name is given twice. */
export type FormParts = Readonly<Record<string, Part>> | (readonly [name: string, content: Part])[];

/** @returns a PUT of a form with these parts, in order; bytes are a file, text is a field, which may say that it is JSON */
export function form(parts: FormParts): HttpRequest {
  const boundary = 'bantam-test-boundary';
  const pieces = (Array.isArray(parts) ? parts : Object.entries(parts)).flatMap(([name, content]) => {
    const isFile = content instanceof Uint8Array;
    const isJson = typeof content === 'object' && !isFile;
    const kind = isFile ? '; filename="module.wasm"\r\ncontent-type: application/wasm' : isJson ? '\r\ncontent-type: application/json' : '';
    return [
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"${kind}\r\n\r\n`),
      Buffer.from(isJson ? content.json : content),
      Buffer.from('\r\n'),
    ];
  });
  return {
    method: 'PUT',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** Publishes a module given as text or bytes. @throws AssertionError with the problem when it is refused */
export async function deploy(base: string, name: string, module: string | Uint8Array, config?: FunctionConfig): Promise<FunctionVersion> {
  const answer = await upload(base, name, typeof module === 'string' ? await fromWat(module) : module, config);
  assert.ok(answer.status === 201 || answer.status === 200, answer.text);
  return answer.json as FunctionVersion;
}

/** @param path what follows /fn/ */
export function invoke(base: string, path: string, request?: HttpRequest): Promise<HttpAnswer> {
  return send(base, `/fn/${path}`, request);
}

/** @param body sent as JSON */
export function post(base: string, path: string, body: unknown): Promise<HttpAnswer> {
  return invoke(base, path, { method: 'POST', headers: jsonType, body: JSON.stringify(body) });
}

export function patch(base: string, name: string, change: unknown): Promise<HttpAnswer> {
  return send(base, `/api/functions/${name}`, { method: 'PATCH', headers: jsonType, body: JSON.stringify(change) });
}

/** Checks that an answer is the problem of this code, whole (RFC 9457), and that its detail fits. */
export function assertProblem(answer: HttpAnswer, code: ErrorCode, detail: RegExp | string = /./): void {
  const { status, title, blame, retryable, help } = errorCatalogue[code];
  assert.partialDeepStrictEqual(
    answer.json,
    { code, status, title, type: `urn:bantam:error:${code}`, blame, retryable, help },
    answer.text,
  );
  assert.equal(answer.status, status);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  const said = (answer.json as { readonly detail: string }).detail;
  if (typeof detail === 'string') assert.equal(said, detail);
  else assert.match(said, detail);
}

/** Checks status and JSON of an answer. */
export function assertAnswer(answer: HttpAnswer, json: unknown, status = 200): void {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(answer.json, json);
}
