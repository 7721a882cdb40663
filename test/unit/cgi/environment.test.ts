/** What a command is told of its request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuestRequest } from '../../../contracts/request.ts';
import { cgiArguments, cgiEnvironment } from '../../../executor/cgi/environment.ts';

const request: GuestRequest = {
  method: 'POST',
  scheme: 'http',
  authority: 'faas.example:8080',
  scriptName: '/fn/hello@3',
  pathInfo: '/a%20b/c',
  query: 'n=42&verbose&name=J%C3%BCrgen+X&bad=%FF',
  remoteAddress: '10.0.0.7',
  httpVersion: '1.1',
  headers: ['content-type', 'text/csv', 'accept', 'a/b', 'accept', 'c/d', 'x-long-name', 'J\u00c3\u00bc', 'content-length', '3'],
  body: Buffer.from('abc'),
};

function environment(changes: Partial<GuestRequest> = {}, env: [string, string][] = []): Record<string, string> {
  return Object.fromEntries(cgiEnvironment({ ...request, ...changes }, env));
}

test('the meta-variables of RFC 3875 and WAGI are all there', () => {
  assert.deepEqual(environment(), {
    AUTH_TYPE: '',
    CONTENT_LENGTH: '3',
    CONTENT_TYPE: 'text/csv',
    GATEWAY_INTERFACE: 'CGI/1.1',
    PATH_INFO: '/a b/c',
    PATH_TRANSLATED: '/a b/c',
    QUERY_STRING: 'n=42&verbose&name=J%C3%BCrgen+X&bad=%FF',
    REMOTE_ADDR: '10.0.0.7',
    REMOTE_HOST: '10.0.0.7',
    REMOTE_USER: '',
    REQUEST_METHOD: 'POST',
    SCRIPT_NAME: '/fn/hello@3',
    SERVER_NAME: 'faas.example',
    SERVER_PORT: '8080',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'Bantam',
    X_FULL_URL: 'http://faas.example:8080/fn/hello@3/a%20b/c?n=42&verbose&name=J%C3%BCrgen+X&bad=%FF',
    X_MATCHED_ROUTE: '/fn/hello@3/...',
    X_RAW_PATH_INFO: '/a%20b/c',
    HTTP_ACCEPT: 'a/b, c/d',
    HTTP_X_LONG_NAME: 'Jü',
  });
});

test('name and port come from the authority, the port from the scheme where it has none', () => {
  const { SERVER_NAME, SERVER_PORT } = environment({ authority: '[::1]:8443', scheme: 'https' });
  assert.deepEqual([SERVER_NAME, SERVER_PORT], ['[::1]', '8443']);
  assert.equal(environment({ authority: 'a.b' })['SERVER_PORT'], '80');
  assert.equal(environment({ authority: 'a.b', scheme: 'https' })['SERVER_PORT'], '443');
});

test('a path that is no UTF-8 stays as it was sent, and a request without body has no length', () => {
  assert.equal(environment({ pathInfo: '/%FF' })['PATH_INFO'], '/%FF');
  assert.equal(environment({ body: Buffer.alloc(0) })['CONTENT_LENGTH'], '');
});

test('Authorization and Proxy never become variables; the configuration wins over the request', () => {
  const headers = ['authorization', 'Basic x', 'proxy-authorization', 'y', 'proxy', 'http://evil', 'x-a', 'theirs'];
  const variables = environment({ headers }, [
    ['HTTP_X_A', 'ours'],
    ['MODE', 'fast'],
  ]);
  assert.deepEqual(
    Object.keys(variables).filter((name) => /AUTHORIZATION|PROXY/.test(name)),
    [],
  );
  assert.deepEqual([variables['HTTP_X_A'], variables['MODE']], ['ours', 'fast']);
});

test('nothing with NUL gets in', () => {
  assert.equal(environment({ pathInfo: '/a%00b' })['PATH_INFO'], undefined);
  assert.deepEqual(cgiArguments({ ...request, query: 'a%00b' }, []), ['/fn/hello@3', 'ab']);
});

test('the arguments are the path, those of the configuration, and the decoded pairs of the query', () => {
  assert.deepEqual(cgiArguments(request, ['--x', 'y']), ['/fn/hello@3', '--x', 'y', 'n=42', 'verbose', 'name=Jürgen X', 'bad=%FF']);
  assert.deepEqual(cgiArguments({ ...request, query: '' }, []), ['/fn/hello@3']);
});
