/** The whole request, as a guest may see it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuestRequest } from '../../contracts/request.ts';
import { guestRequest, type HttpRequest } from '../../gateway/invoke/guest-request.ts';

const aTrace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

function made(url: string, rawHeaders: readonly string[] = [], more: Partial<HttpRequest> = {}): GuestRequest {
  const raw = { rawHeaders, httpVersion: '1.1' };
  const request = { method: 'GET', url, protocol: 'http', host: 'h:8080', ip: '10.0.0.1', raw, body: undefined, ...more };
  const { headers, ...rest } = guestRequest(request, { traceparent: aTrace, parentSpanId: undefined });
  assert.deepEqual(headers.slice(-2), ['traceparent', aTrace]);
  return { ...rest, headers: headers.slice(0, -2) };
}

test('the target is cut into function, path and query, each as it was sent', () => {
  const parts = (url: string): readonly string[] => {
    const { scriptName, pathInfo, query } = made(url);
    return [scriptName, pathInfo, query];
  };
  assert.deepEqual(parts('/fn/a'), ['/fn/a', '', '']);
  assert.deepEqual(parts('/fn/a@3/'), ['/fn/a@3', '/', '']);
  assert.deepEqual(parts('/fn/a/b%20c//d?x=1&y=%2F?z'), ['/fn/a', '/b%20c//d', 'x=1&y=%2F?z']);
  assert.deepEqual(parts('/fn/a?'), ['/fn/a', '', '']);
  assert.deepEqual(parts('/fn/a?x#y'), ['/fn/a', '', 'x']);
  assert.deepEqual(parts('/fn/a/b#y?x'), ['/fn/a', '/b', '']);
  assert.deepEqual(parts('http://other:1/fn/a/b?x'), ['/fn/a', '/b', 'x']);
});

test('method, scheme, authority, address, version and body are passed on', () => {
  const body = Buffer.from('hi');
  const request = made('/fn/a', [], { method: 'PROPFIND', protocol: 'https', body });
  assert.deepEqual(request, {
    method: 'PROPFIND',
    scheme: 'https',
    authority: 'h:8080',
    scriptName: '/fn/a',
    pathInfo: '',
    query: '',
    remoteAddress: '10.0.0.1',
    httpVersion: '1.1',
    headers: [],
    body,
  });
  assert.equal(made('/fn/a').body.length, 0);
});

test('headers come in lower case, in order, repeated ones too', () => {
  const { headers } = made('/fn/a', ['Host', 'h:8080', 'X-A', '1', 'Accept', '*/*', 'x-a', 'é']);
  assert.deepEqual(headers, ['host', 'h:8080', 'x-a', '1', 'accept', '*/*', 'x-a', 'é']);
});

test('credentials, fields of the connection and those of the platform stay outside', () => {
  const outside = [
    'Authorization',
    'X-Api-Key',
    'Cookie',
    'Proxy-Authorization',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
  ];
  outside.push('Proxy-Connection', 'HTTP2-Settings', 'Expect', 'X-Bantam-Invocation-Id', 'x-bantam-anything');
  for (const name of outside) assert.deepEqual(made('/fn/a', [name, 'x', 'X-Kept', '1']).headers, ['x-kept', '1'], name);
});

test('what Connection names is of the connection', () => {
  const { headers } = made('/fn/a', ['X-Hop', '1', 'Connection', 'close, X-HOP', 'X-Two', '2', 'connection', ' x-two ,', 'X-Kept', '3']);
  assert.deepEqual(headers, ['x-kept', '3']);
});

test('the trace is ours to say, and what others put into it goes on only with that trace', () => {
  const rawHeaders = ['Traceparent', 'theirs', 'TraceState', 'vendor=1', 'X-Kept', '1'];
  const headersIn = (parentSpanId: string | undefined): readonly string[] => {
    const request = {
      method: 'GET',
      url: '/fn/a',
      protocol: 'http',
      host: 'h',
      ip: '10.0.0.1',
      raw: { rawHeaders, httpVersion: '1.1' },
      body: undefined,
    };
    return guestRequest(request, { traceparent: aTrace, parentSpanId }).headers;
  };
  assert.deepEqual(headersIn(undefined), ['x-kept', '1', 'traceparent', aTrace]);
  assert.deepEqual(headersIn('00f067aa0ba902b7'), ['tracestate', 'vendor=1', 'x-kept', '1', 'traceparent', aTrace]);
});
