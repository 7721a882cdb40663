/** The linker against the glue of jco: the same components, the same calls, the same answers and the same bytes in guest memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComponentError } from '../../../component/error.ts';
import { coreModuleRanges } from '../../../component/modules.ts';
import { echoComponent, echoInterface } from '../../support/echo-component.ts';
import { JcoOracle, plain } from '../../support/jco-glue.ts';
import { hostOf, instantiate, linkTrusting } from '../../support/linked.ts';
import { type Random, seededRandom } from '../../support/random.ts';
import { randomType } from '../../support/random-types.ts';

const jco = new JcoOracle();

interface Outcome {
  /** What the host was called with. */
  readonly seen: readonly unknown[];
  readonly answers: readonly unknown[];
  /** What the guest's allocator gave out, written full by the lowering. */
  readonly heap: unknown;
}

type Call = (exportName: string, ...args: readonly unknown[]) => unknown;
type Echo = (value: unknown) => unknown;

/** What each call threw is one answer like another. */
function run(instantiateWith: (echo: Echo) => Call, values: readonly unknown[]): Outcome {
  const seen: unknown[] = [];
  const call = instantiateWith((value) => {
    seen.push(plain(value));
    return value;
  });
  const answer = (exportName: string, ...args: readonly unknown[]): unknown => {
    try {
      return plain(call(exportName, ...args));
    } catch {
      return 'a fault';
    }
  };
  return { answers: values.map((value) => answer('echo', value)), seen, heap: answer('heap') };
}

async function ofJco(bytes: Uint8Array, values: readonly unknown[]): Promise<Outcome> {
  const link = await jco.link(bytes);
  return run((echo) => {
    const exports = link({ [echoInterface]: { echo } });
    return (name, ...args) => (exports[name] as (...all: unknown[]) => unknown)(...args);
  }, values);
}

function ofOurs(bytes: Uint8Array, values: readonly unknown[]): Outcome {
  const linked = (echo: Echo): ReturnType<typeof instantiate> => instantiate(linkTrusting(bytes, hostOf({ [echoInterface]: { echo } })));
  return run((echo) => {
    const { instance } = linked(echo);
    return (name, ...args) => instance.call(name, args);
  }, values);
}

/** In a tuple: at the top jco throws the err of a result. */
function wrapped(random: Random, depth: number): ReturnType<typeof randomType> {
  const type = randomType(random, depth);
  return { definitions: type.definitions, text: `(tuple ${type.text})`, value: () => [type.value()] };
}

for (const [encoding, seed] of [
  ['utf8', 1],
  ['utf16', 2],
] as const) {
  test(`values of 40 random types travel as with jco, strings in ${encoding}`, async () => {
    const random = seededRandom(seed);
    for (let i = 0; i < 40; i++) {
      const type = wrapped(random, 1 + random.int(4));
      const values = Array.from({ length: 3 }, () => type.value());
      const bytes = await echoComponent(type, encoding);
      assert.deepEqual(ofOurs(bytes, values), await ofJco(bytes, values), `${JSON.stringify(type.definitions)} ${type.text}`);
    }
  });
}

/** Flips bytes outside of the core modules: what is in those is V8's business, and might never end. */
function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  const modules = coreModuleRanges(bytes);
  const places = [...bytes.keys()].filter((at) => !modules.some(({ start, end }) => at >= start && at < end));
  const mutated = bytes.slice();
  for (let i = random.int(3); i >= 0; i--) mutated[random.pick(places)] = random.pick([random.int(256), random.int(16), 0, 1]);
  return mutated;
}

test('250 mutated components end as with jco, or are refused', async (t) => {
  const random = seededRandom(3);
  const bases = await Promise.all(
    [4, 5, 6].map(async (seed) => {
      const type = wrapped(seededRandom(seed), 3);
      return { bytes: await echoComponent(type), values: [type.value(), type.value()] };
    }),
  );
  let valid = 0;
  for (let i = 0; i < 250; i++) {
    const { bytes, values } = random.pick(bases);
    const mutated = mutate(random, bytes);
    const expected = await ofJco(mutated, values).catch(() => undefined);
    const actual = attempt(() => ofOurs(mutated, values));
    if (expected === undefined) continue;
    valid++;
    assert.deepEqual(actual, expected, `mutation ${i}`);
  }
  t.diagnostic(`${valid} of them were still valid`);
  assert.ok(valid > 20);
});

/** Of a component that jco refuses we may make what we like, but for anything else than an error of these kinds. */
function attempt(action: () => Outcome): Outcome | string {
  try {
    return action();
  } catch (error) {
    const isKnown =
      error instanceof ComponentError ||
      error instanceof WebAssembly.LinkError ||
      error instanceof WebAssembly.CompileError ||
      error instanceof WebAssembly.RuntimeError;
    assert.ok(isKnown, String(error));
    return error.message;
  }
}
