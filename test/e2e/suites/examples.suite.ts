/** Publishes and calls every example as its README and its expected.json say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assetsOf, type Example, readExamples } from '../../support/examples.ts';
import { assertExpected, requestOf } from '../../support/expected-calls.ts';
import { form, invoke, upload } from '../../support/functions.ts';
import { send } from '../../support/http.ts';

export function examplesSuite(deployment: () => Deployment): void {
  describe('examples', () => {
    const examples = readExamples();

    test('are there', () => assert.ok(examples.length > 15, String(examples.length)));

    for (const example of examples) {
      test(`${example.name} answers as its expected.json says`, async () => {
        const { url } = deployment();
        const { kind } = await publish(url, example);
        assert.equal(kind, example.kind, 'the kind in examples/README.md');
        for (const call of example.calls) {
          assertExpected(await invoke(url, `${example.functionName}${call.path}`, requestOf(call)), call);
        }
      });
    }
  });
}

async function publish(url: string, example: Example): Promise<FunctionVersion> {
  const { functionName, module, config } = example;
  const bytes = readFileSync(module);
  const assets = assetsOf(example);
  const answer =
    assets === undefined
      ? await upload(url, functionName, bytes, config as object | undefined)
      : await send(url, `/api/functions/${functionName}`, form({ module: bytes, config: JSON.stringify(config ?? {}), assets }));
  assert.ok(answer.status === 201 || answer.status === 200, answer.text);
  return answer.json as FunctionVersion;
}
