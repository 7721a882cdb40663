/** Publishes and calls every case of test/conformance: every kind of module, every way to call one, every refusal and limit. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assetsOf, type ConformanceCase, moduleOf, readCases } from '../../support/conformance.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertExpected, assertProblem, requestOf } from '../../support/expected-calls.ts';
import { form, invoke, upload } from '../../support/functions.ts';
import { type HttpAnswer, send } from '../../support/http.ts';

export function conformanceSuite(deployment: () => Deployment): void {
  describe('conformance', { concurrency: 3 }, () => {
    const cases = readCases();

    test('cases are there', () => assert.ok(cases.length > 50, String(cases.length)));

    for (const one of cases) {
      test(`${one.name}: ${one.fact}`, async () => {
        const { url } = deployment();
        const answer = await publish(url, one);
        if (one.refused !== undefined) {
          assert.equal(answer.status, one.refused['status'] ?? 422, answer.text);
          assertProblem(answer.json, one.refused, answer.text);
          return;
        }
        assert.ok(answer.status === 201 || answer.status === 200, answer.text);
        assert.partialDeepStrictEqual(answer.json, one.published, answer.text);
        for (const call of one.calls ?? []) assertExpected(await invoke(url, `${one.name}${call.path}`, requestOf(call)), call);
      });
    }
  });
}

async function publish(url: string, one: ConformanceCase): Promise<HttpAnswer> {
  const bytes = await moduleOf(one);
  const assets = assetsOf(one);
  if (assets === undefined) return upload(url, one.name, bytes, one.config);
  return send(url, `/api/functions/${one.name}`, form({ module: bytes, config: JSON.stringify(one.config ?? {}), assets }));
}
