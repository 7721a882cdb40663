/** Calls and their answers as data: the rows of an example's expected.json and of a conformance case. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { HttpAnswer, HttpRequest } from './http.ts';

/** A request, and what is expected of the answer. */
export interface ExpectedCall {
  /** What follows `/fn/{name}`: another export or a path, and the query. */
  readonly path: string;
  /** GET where nothing is said. */
  readonly method?: string;
  /** Headers of the request; a list is sent as so many lines. */
  readonly send?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  /** Sent as JSON, by POST where nothing is said. */
  readonly json?: unknown;
  /** 200 where nothing is said. */
  readonly status?: number;
  /** Headers of the answer, these among others; null: it must not be there. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** The body: at most one of these; where there is none it is empty. */
  readonly answer?: unknown;
  readonly text?: string;
  readonly base64?: string;
  /** How long the body is. */
  readonly bytes?: number;
  /** Parts of the body, in this order. */
  readonly parts?: readonly string[];
  /** What the body must not have in it. */
  readonly without?: readonly string[];
  /** Members of the problem, its status too; `detail` as a list: parts of it, in this order. */
  readonly problem?: Readonly<Record<string, unknown>>;
}

const bodies = ['answer', 'text', 'base64', 'bytes', 'parts', 'problem'];
const members = new Set(['path', 'method', 'send', 'body', 'bodyBase64', 'json', 'status', 'headers', 'without', ...bodies]);

/** @throws AssertionError for a row that says what no row can, in which nothing would then be checked */
export function checkCalls(calls: readonly ExpectedCall[], file: string): void {
  assert.ok(calls.length > 0, `${file} expects nothing`);
  for (const call of calls) {
    const unknown = Object.keys(call).filter((key) => !members.has(key));
    const several = [bodies, ['body', 'bodyBase64', 'json']].some((keys) => keys.filter((key) => key in call).length > 1);
    assert.ok(unknown.length === 0 && !several, `${file}: ${JSON.stringify(call)}`);
  }
}

export function requestOf({ method, send, body, bodyBase64, json }: ExpectedCall): HttpRequest {
  const content =
    bodyBase64 === undefined ? (body ?? (json === undefined ? undefined : JSON.stringify(json))) : Buffer.from(bodyBase64, 'base64');
  const headers = { ...(json !== undefined && { 'content-type': 'application/json' }), ...send };
  return {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(content !== undefined && { body: content }),
  };
}

/** Checks an answer against what a row expects. */
export function assertExpected(got: HttpAnswer, call: ExpectedCall): void {
  const shown = got.text.length > 2_000 ? `${got.text.slice(0, 2_000)}...` : got.text;
  const about = `${call.method ?? ''} ${call.path}: ${got.status} ${shown}`;
  assert.equal(got.status, call.status ?? call.problem?.['status'] ?? 200, about);
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    assert.deepEqual(got.headers[name], value ?? undefined, `${name} of ${about}`);
  }
  assertBody(got, call, about);
  for (const text of call.without ?? []) assert.ok(!got.text.includes(text), `${JSON.stringify(text)} is in ${about}`);
}

function assertBody(got: HttpAnswer, call: ExpectedCall, about: string): void {
  if ('answer' in call) assert.deepEqual(got.json, call.answer, about);
  else if (call.problem !== undefined) assertProblem(got.json, call.problem, about);
  else if (call.base64 !== undefined) assert.equal(got.bytes.toString('base64'), call.base64, about);
  else if (call.bytes !== undefined) assert.equal(got.bytes.length, call.bytes, about);
  else if (call.parts !== undefined) assertParts(got.text, call.parts, about);
  else assert.equal(got.text, call.text ?? '', about);
}

/** @param problem as in a row */
export function assertProblem(got: unknown, { detail, ...problem }: Readonly<Record<string, unknown>>, about: string): void {
  assert.partialDeepStrictEqual(got, Array.isArray(detail) ? problem : { ...problem, ...(detail !== undefined && { detail }) }, about);
  if (Array.isArray(detail)) assertParts((got as { readonly detail: string }).detail, detail as string[], about);
}

function assertParts(text: string, parts: readonly string[], about: string): void {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    assert.ok(found >= 0, `${JSON.stringify(part)} is not in ${about}`);
    at = found + part.length;
  }
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
