/** Runs test/conformance/component-model: each topic is a component and what its functions answer, as data. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { exportedFunctions } from '../../../component/exports.ts';
import { flattenComponent } from '../../../component/flatten.ts';
import { limits } from '../../../contracts/limits.ts';
import type { WitSignature } from '../../../contracts/wit.ts';
import { witFromJson } from '../../../contracts/wit-from-json.ts';
import { witToJson } from '../../../contracts/wit-to-json.ts';
import { componentFromWat } from '../../support/components.ts';
import { faultOf, instantiate, type Linked, linkTrusting } from '../../support/linked.ts';

/** Steps of a case run on one instance. Values are JSON as in HTTP calls; without `returns` and `traps` there is no result. */
interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly call: string;
  readonly args?: readonly unknown[];
  readonly returns?: unknown;
  /** Part of the reason. */
  readonly traps?: string;
}

const folder = join(import.meta.dirname, '../../conformance/component-model');
const topics = readdirSync(folder).filter((name) => name.endsWith('.wat'));

test('there are topics', () => assert.ok(topics.length > 5));

for (const file of topics) {
  const topic = file.replace(/\.wat$/, '');
  const cases = JSON.parse(readFileSync(join(folder, `${topic}.json`), 'utf8')) as readonly Case[];
  for (const { name, steps } of cases) {
    test(`${topic}: ${name}`, async () => {
      const bytes = await componentFromWat(readFileSync(join(folder, file), 'utf8'));
      const functions = exportedFunctions(flattenComponent(bytes), limits.maxTypeNodes);
      const signatures = new Map(functions.map((one) => [one.name, 'signature' in one ? one.signature : undefined]));
      const linked = instantiate(linkTrusting(bytes));
      for (const step of steps) run(linked, signatures.get(step.call), step);
    });
  }
}

function run(linked: Linked, signature: WitSignature | undefined, { call, args = [], returns, traps }: Step): void {
  if (signature === undefined) throw new Error(`there is no function ${call}`);
  const values = signature.params.map(({ name, type }, i) => witFromJson(type, args[i], name));
  if (traps !== undefined) {
    const fault = faultOf(linked, call, ...values);
    assert.ok(fault.includes(traps), fault);
    return;
  }
  const value = linked.instance.call(call, values);
  const answer = signature.result === undefined ? value : (JSON.parse(JSON.stringify(witToJson(signature.result, value))) as unknown);
  assert.deepEqual(answer, returns, call);
}
