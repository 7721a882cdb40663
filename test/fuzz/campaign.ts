/** Publishes seeded mutants of real modules of every kind over the API of a running server, calls what was taken, and tells what is not as it should be. */
import { readFileSync, statSync } from 'node:fs';
import type { Problem } from '../../contracts/errors.ts';
import { readExamples } from '../support/examples.ts';
import { form, invoke } from '../support/functions.ts';
import { type HttpAnswer, send } from '../support/http.ts';
import { mutate } from '../support/mutate.ts';
import { seededRandom } from '../support/random.ts';

export interface CampaignOptions {
  /** How many mutants, shared out among all kinds. */
  readonly count: number;
  readonly seed: number;
  /** Publishes at the same time. */
  readonly parallel: number;
}

export interface CampaignResult {
  readonly kinds: readonly string[];
  readonly published: number;
  readonly refused: number;
  /** Answers to publishes and calls, by status and code: `201`, `422 MODULE_INVALID`, `500 GUEST_TRAPPED`. */
  readonly answers: ReadonlyMap<string, number>;
  /** What must not be: with the number of the mutant, to be made again from the seed. */
  readonly faults: readonly string[];
}

/** Larger modules are all code: their mutants teach no more, and take longer. */
const maxModuleBytes = 200_000;
/** Short, but long enough for any of the modules under load. */
const config = JSON.stringify({ timeoutMs: 1_000 });

interface Seed {
  readonly kind: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The smallest example of each kind. */
function smallestOfEachKind(): Seed[] {
  const seeds = new Map<string, Seed>();
  for (const { kind, module } of readExamples().toSorted((a, b) => statSync(a.module).size - statSync(b.module).size)) {
    if (!seeds.has(kind) && statSync(module).size <= maxModuleBytes) seeds.set(kind, { kind, bytes: new Uint8Array(readFileSync(module)) });
  }
  return [...seeds.values()];
}

export async function runCampaign(base: string, { count, seed, parallel }: CampaignOptions): Promise<CampaignResult> {
  const seeds = smallestOfEachKind();
  const answers = new Map<string, number>();
  const faults: string[] = [];
  let published = 0;
  let refused = 0;
  let next = 0;
  const note = (answer: HttpAnswer): string => {
    const { code } = (answer.json ?? {}) as Partial<Problem>;
    const key = code === undefined ? String(answer.status) : `${answer.status} ${code}`;
    answers.set(key, (answers.get(key) ?? 0) + 1);
    return key;
  };
  const one = async (number: number, name: string): Promise<void> => {
    const { kind, bytes } = seeds[number % seeds.length] as Seed;
    const what = `mutant ${number} of seed ${seed} (${kind})`;
    const answer = await send(base, `/api/functions/${name}`, form({ module: mutate(bytes, seededRandom(seed + number)), config }));
    const outcome = note(answer);
    if (answer.status >= 400) refused++;
    if (answer.status >= 500) faults.push(`${what} was answered ${outcome}: ${answer.text}`);
    if (answer.status >= 300) return;
    published++;
    const called = await invoke(base, name, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    const result = note(called);
    const { blame } = (called.json ?? {}) as Partial<Problem>;
    if (blame === 'platform' || result.endsWith('EXECUTOR_LOST')) faults.push(`${what}, called, was answered ${result}: ${called.text}`);
  };
  const lane = async (name: string): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      await one(number, name).catch((error: unknown) => faults.push(`mutant ${number} of seed ${seed}: ${String(error)}`));
    }
  };
  await Promise.all(Array.from({ length: parallel }, (_, i) => lane(`mutant-${i}`)));
  return { kinds: seeds.map(({ kind }) => kind), published, refused, answers, faults };
}
