/** How a request names its arguments, and what is said when they do not fit. */
import { before, describe, test } from 'node:test';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke, post } from '../../support/functions.ts';
import { formType, type HttpRequest, jsonType } from '../../support/http.ts';

const subtract = (names: string): string =>
  `(module (func (export "subtract") ${names} (result i32) (i32.sub (local.get 0) (local.get 1))) (func (export "nothing") (result i32) (i32.const 9)))`;

const form = (body: string): HttpRequest => ({ method: 'POST', headers: formType, body });

export function argumentsSuite(deployment: () => Deployment): void {
  const signature = /; the signature is subtract\(a: i32, b: i32\) -> i32$/;

  describe('arguments', () => {
    before(async () => {
      await deploy(deployment().url, 'subtract', subtract('(param $a i32) (param $b i32)'));
      await deploy(deployment().url, 'unnamed', subtract('(param i32 i32)'), { entry: 'subtract' });
    });

    test('come by name from query, form and JSON object, in any order', async () => {
      const { url } = deployment();
      assertAnswer(await invoke(url, 'subtract?a=5&b=3'), 2);
      assertAnswer(await invoke(url, 'subtract?b=3&a=5'), 2);
      assertAnswer(await invoke(url, 'subtract', form('b=3&a=5')), 2);
      assertAnswer(await invoke(url, 'subtract', form('b=3&a=5\n')), 2);
      assertAnswer(await post(url, 'subtract', { b: 3, a: 5 }), 2);
    });

    test('come by position from a JSON array', async () => {
      assertAnswer(await post(deployment().url, 'subtract', [5, 3]), 2);
    });

    test('may be split between query and body', async () => {
      const { url } = deployment();
      assertAnswer(await invoke(url, 'subtract?a=5', form('b=3')), 2);
      assertAnswer(await post(url, 'subtract?b=3', { a: 5 }), 2);
    });

    test('are read as JSON whatever the body says of its type', async () => {
      const { url } = deployment();
      for (const headers of [{}, formType, { 'content-type': 'text/plain' }, { 'content-type': 'x' }]) {
        assertAnswer(await invoke(url, 'subtract', { method: 'POST', headers, body: ' {"a": 5, "b": 3} ' }), 2);
      }
    });

    test('go by the order given where the module names no parameters', async () => {
      const { url } = deployment();
      assertAnswer(await invoke(url, 'unnamed?x=5&y=3'), 2);
      assertAnswer(await invoke(url, 'unnamed?y=5&x=3'), 2);
      assertAnswer(await invoke(url, 'unnamed?p1=3&p0=5'), 2);
      assertAnswer(await post(url, 'unnamed', [5, 3]), 2);
      assertProblem(await invoke(url, 'unnamed?x=5'), 'INVALID_ARGUMENTS', /the signature is subtract\(p0: i32, p1: i32\) -> i32$/);
      assertProblem(await invoke(url, 'unnamed?x=5&y=3&z=1'), 'INVALID_ARGUMENTS');
    });

    test('are percent-decoded, and + is a space', async () => {
      const { url } = deployment();
      assertAnswer(await invoke(url, 'subtract?%61=%35&b=%33'), 2);
      assertProblem(await invoke(url, 'subtract?a=+5&b=3'), 'INVALID_ARGUMENTS', /^a: expected i32, got " 5"/);
    });

    for (const { what, path, request, detail } of [
      { what: 'a missing argument', path: 'subtract?a=5', detail: /^argument "b" is missing/ },
      { what: 'no argument at all', path: 'subtract', detail: /^argument "a" is missing/ },
      { what: 'an extra argument', path: 'subtract?a=5&b=3&c=1', detail: /^there is no parameter "c"/ },
      { what: 'an argument given twice', path: 'subtract?a=5&b=3&a=5', detail: /^argument "a" is given twice/ },
      { what: 'an argument in query and body', path: 'subtract?a=5&b=3', request: form('a=5'), detail: /^argument "a" is given twice/ },
      { what: 'a short array', path: 'subtract', request: { method: 'POST', body: '[5]' }, detail: /^2 arguments are needed, 1 given/ },
      { what: 'a long array', path: 'subtract', request: { method: 'POST', body: '[5,3,1]' }, detail: /^2 arguments are needed, 3 given/ },
      {
        what: 'a bare value where two are needed',
        path: 'subtract',
        request: { method: 'POST', body: '5' },
        detail: /^2 arguments are needed, 1 given/,
      },
      { what: 'names and positions', path: 'subtract?a=5', request: { method: 'POST', body: '[3]' }, detail: /by position and by name/ },
      {
        what: 'a body that is neither JSON nor a form',
        path: 'subtract',
        request: { method: 'POST', headers: jsonType, body: 'a=5&b=3' },
        detail: /^the body is not JSON/,
      },
      { what: 'names of Object.prototype', path: 'subtract?constructor=5&__proto__=3', detail: /^there is no parameter "constructor"/ },
      {
        what: '__proto__ in JSON',
        path: 'subtract',
        request: { method: 'POST', body: '{"a":5,"b":3,"__proto__":1}' },
        detail: /^there is no parameter "__proto__"/,
      },
    ] as const) {
      test(`${what} is refused with the signature`, async () => {
        const answer = await invoke(deployment().url, path, request);
        assertProblem(answer, 'INVALID_ARGUMENTS', detail);
        assertProblem(answer, 'INVALID_ARGUMENTS', signature);
      });
    }

    test('of a function without parameters are none', async () => {
      const { url } = deployment();
      assertAnswer(await invoke(url, 'subtract/nothing'), 9);
      assertAnswer(await invoke(url, 'subtract/nothing?'), 9);
      assertAnswer(await post(url, 'subtract/nothing', {}), 9);
      assertAnswer(await post(url, 'subtract/nothing', []), 9);
      assertProblem(
        await invoke(url, 'subtract/nothing?a=1'),
        'INVALID_ARGUMENTS',
        'there is no parameter "a"; the signature is nothing() -> i32',
      );
      assertProblem(
        await post(url, 'subtract/nothing', [1]),
        'INVALID_ARGUMENTS',
        '0 arguments are needed, 1 given; the signature is nothing() -> i32',
      );
    });
  });
}
