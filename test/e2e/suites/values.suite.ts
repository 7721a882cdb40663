/** Scalars through HTTP and back: every type at its extremes, by query, form and JSON. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { echo } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, deploy, invoke, post } from '../../support/functions.ts';
import { formType } from '../../support/http.ts';

type Type = 'i32' | 'i64' | 'f32' | 'f64';

/** Text in the query, and the JSON text of the answer. */
const texts: Readonly<Record<Type, readonly (readonly [string, string])[]>> = {
  i32: [
    ['0', '0'],
    ['-0', '0'],
    ['%2B7', '7'],
    ['007', '7'],
    ['2147483647', '2147483647'],
    ['-2147483648', '-2147483648'],
    ['4294967295', '-1'],
    ['2147483648', '-2147483648'],
  ],
  i64: [
    ['-1', '-1'],
    ['9007199254740991', '9007199254740991'],
    ['9007199254740992', '"9007199254740992"'],
    ['-9007199254740991', '-9007199254740991'],
    ['-9007199254740992', '"-9007199254740992"'],
    ['9223372036854775807', '"9223372036854775807"'],
    ['-9223372036854775808', '"-9223372036854775808"'],
    ['18446744073709551615', '-1'],
    ['9223372036854775808', '"-9223372036854775808"'],
  ],
  f32: [
    ['0.5', '0.5'],
    ['-0', '-0'],
    ['NaN', '"NaN"'],
    ['Infinity', '"Infinity"'],
    ['-Infinity', '"-Infinity"'],
    ['1e38', '9.999999680285692e%2B37'],
    ['3.4028234663852886e38', '3.4028234663852886e%2B38'],
    ['1.401298464324817e-45', '1.401298464324817e-45'],
    ['0.1', '0.10000000149011612'],
  ],
  f64: [
    ['0.1', '0.1'],
    ['-0', '-0'],
    ['-0.0', '-0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['NaN', '"NaN"'],
    ['Infinity', '"Infinity"'],
    ['-Infinity', '"-Infinity"'],
    ['1.7976931348623157e308', '1.7976931348623157e%2B308'],
    ['5e-324', '5e-324'],
    ['9007199254740993', '9007199254740992'],
  ],
};

/** A JSON value, and the JSON text of the answer. */
const values: Readonly<Record<Type, readonly (readonly [unknown, string])[]>> = {
  i32: [
    [42, '42'],
    [-2147483648, '-2147483648'],
    [4294967295, '-1'],
    ['42', '42'],
    [1e3, '1000'],
  ],
  i64: [
    [42, '42'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['9223372036854775807', '"9223372036854775807"'],
    ['18446744073709551615', '-1'],
  ],
  f32: [
    [0.5, '0.5'],
    ['NaN', '"NaN"'],
    ['-Infinity', '"-Infinity"'],
    ['1.5', '1.5'],
  ],
  f64: [
    [0.1, '0.1'],
    [5e-324, '5e-324'],
    ['NaN', '"NaN"'],
    ['Infinity', '"Infinity"'],
    [1, '1'],
  ],
};

/** Text that is no such value. */
const wrong: Readonly<Record<Type, readonly string[]>> = {
  i32: ['', '4294967296', '-2147483649', '1.5', '1e3', '0x10', 'abc', 'NaN', '1%202', '99999999999999999999999999'],
  i64: ['', '18446744073709551616', '-9223372036854775809', '1.0', '1n'],
  f32: ['', 'nan', 'inf', '1e39', '-1e39', '1,5', '0x1p3', '1e'],
  f64: ['', 'nan', '1e309', '-1e309', '--1', '1_000'],
};

/** JSON values that are no such value. */
const wrongJson: Readonly<Record<Type, readonly string[]>> = {
  i32: ['1.5', '4294967296', 'true', 'null', '{}', '[[1]]', '""', '1e100'],
  i64: ['9007199254740992', '-9007199254740993', '1.5', 'false'],
  f32: ['true', 'null', '"x"', '1e39'],
  f64: ['true', 'null', '[[]]', '1e400'],
};

export function valuesSuite(deployment: () => Deployment): void {
  describe('values', () => {
    before(() => deploy(deployment().url, 'echo', echo, { entry: 'i32' }));

    for (const type of ['i32', 'i64', 'f32', 'f64'] as const) {
      test(`${type} in the query and in a form comes back as it is`, async () => {
        const { url } = deployment();
        for (const [text, json] of texts[type]) {
          assert.equal((await invoke(url, `echo/${type}?x=${text}`)).text, decodeURIComponent(json), text);
          const answer = await invoke(url, `echo/${type}`, { method: 'POST', headers: formType, body: `x=${text}` });
          assert.equal(answer.text, decodeURIComponent(json), text);
        }
      });

      test(`${type} in JSON comes back as it is: by name, by position and bare`, async () => {
        const { url } = deployment();
        for (const [value, json] of values[type]) {
          for (const body of [{ x: value }, [value], value]) {
            const answer = await post(url, `echo/${type}`, body);
            assert.equal(answer.text, json, JSON.stringify(body));
            assert.equal(answer.headers['content-type'], 'application/json');
          }
        }
      });

      test(`what is no ${type} is refused with the signature`, async () => {
        const { url } = deployment();
        const shown = `; the signature is ${type}(x: ${type}) -> ${type}`;
        for (const text of wrong[type]) {
          const answer = await invoke(url, `echo/${type}?x=${text}`);
          assertProblem(answer, 'INVALID_ARGUMENTS', /^x: /);
          assert.ok((answer.json as { detail: string }).detail.endsWith(shown), answer.text);
        }
        for (const json of wrongJson[type]) {
          const answer = await invoke(url, `echo/${type}`, { method: 'POST', body: `{"x": ${json}}` });
          assertProblem(answer, 'INVALID_ARGUMENTS', /^x: /);
        }
      });
    }

    test('-0 in JSON stays -0', async () => {
      assert.equal((await invoke(deployment().url, 'echo/f64', { method: 'POST', body: '[-0]' })).text, '-0');
    });

    test('several results are an array, no result is 204 without a body', async () => {
      const { url } = deployment();
      await deploy(
        url,
        'results',
        `(module
          (func (export "several") (param i64 f64) (result i32 i64 f64) (i32.const 1) (local.get 0) (local.get 1))
          (func (export "none")))`,
        { entry: 'several' },
      );
      assertAnswer(await post(url, 'results', ['9007199254740993', 'NaN']), [1, '9007199254740993', 'NaN']);
      const none = await invoke(url, 'results/none');
      assert.equal(none.status, 204);
      assert.equal(none.text, '');
      assert.equal(none.headers['content-type'], undefined);
    });
  });
}
