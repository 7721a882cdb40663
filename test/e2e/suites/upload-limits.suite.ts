/** The size limit of an upload, from both sides and on every way to send one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FunctionVersion } from '../../../contracts/function.ts';
import { constant } from '../../fixtures/guests.ts';
import type { Deployment } from '../../support/deployment.ts';
import { assertAnswer, assertProblem, form, invoke } from '../../support/functions.ts';
import { type HttpRequest, send } from '../../support/http.ts';
import { fromWat, leb, section } from '../../support/modules.ts';
import { maxModuleBytes } from '../environment.ts';

/** A module of exactly this size: a custom section fills it up. */
async function moduleOf(sizeBytes: number, value: number): Promise<Uint8Array> {
  const bytes = await fromWat(constant(value));
  const room = sizeBytes - bytes.length;
  const contents = room - 1 - leb(room).length;
  const filled = Buffer.concat([bytes, section(0, [3, 0x70, 0x61, 0x64], new Uint8Array(contents - 4))]);
  assert.equal(filled.length, sizeBytes);
  return filled;
}

const ways: readonly { name: string; request: (bytes: Uint8Array) => HttpRequest }[] = [
  { name: 'with a Content-Length', request: (body) => ({ method: 'PUT', body }) },
  { name: 'in chunks', request: (bytes) => ({ method: 'PUT', body: [bytes.subarray(0, 70_000), bytes.subarray(70_000)] }) },
  { name: 'in a form', request: (module) => form({ module }) },
  { name: 'in a form sent in chunks', request: (module) => ({ ...form({ module }), body: [form({ module }).body as Uint8Array] }) },
];

export function uploadLimitsSuite(deployment: () => Deployment): void {
  describe('the size limit of a module', () => {
    for (const [i, { name, request }] of ways.entries()) {
      test(`takes exactly the limit and answers 413 one byte past it, sent ${name}`, async () => {
        const { url } = deployment();
        const path = `/api/functions/size-${i}`;
        const most = await send(url, path, request(await moduleOf(maxModuleBytes, i)));
        assert.equal(most.status, 201, most.text);
        assert.equal((most.json as FunctionVersion).sizeBytes, maxModuleBytes);
        const more = await send(url, path, request(await moduleOf(maxModuleBytes + 1, i + 100)));
        assertProblem(more, 'MODULE_TOO_LARGE', `the module is larger than ${maxModuleBytes} bytes`);
        assertAnswer(await invoke(url, `size-${i}`), i);
      });

      test(`answers 413 and takes no harm when 16 times the limit comes, sent ${name}`, async () => {
        const { url } = deployment();
        const answer = await send(url, `/api/functions/flood-${i}`, request(new Uint8Array(16 * maxModuleBytes)));
        assertProblem(answer, 'MODULE_TOO_LARGE');
        assertProblem(await invoke(url, `flood-${i}`), 'FUNCTION_NOT_FOUND');
      });
    }

    test('refuses a config of more than 64 KiB instead of cutting it', async () => {
      const config = JSON.stringify({ params: Array.from({ length: 1_000 }, (_, i) => `${'x'.repeat(80)}${i}`) });
      const answer = await send(deployment().url, '/api/functions/large-config', form({ module: await fromWat(constant(1)), config }));
      assertProblem(answer, 'INVALID_CONFIG', 'the part "config" is larger than 65536 bytes');
    });
  });
}
