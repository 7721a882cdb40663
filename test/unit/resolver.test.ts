/** The gateway's cache of versions: what it asks for, what it keeps, and that nothing old comes after something new. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FunctionVersion } from '../../contracts/function.ts';
import { Resolver, type VersionSource } from '../../gateway/invoke/resolver.ts';

interface Question {
  readonly version: number;
  answer(number: number | undefined): void;
}

/** A source whose every answer the test gives; 0 stands for the latest. */
class TestSource implements VersionSource {
  readonly asked: Question[] = [];

  latest(): Promise<FunctionVersion | undefined> {
    return this.#ask(0);
  }

  version(_name: string, version: number): Promise<FunctionVersion | undefined> {
    return this.#ask(version);
  }

  #ask(version: number): Promise<FunctionVersion | undefined> {
    return new Promise((resolve) => {
      this.asked.push({ version, answer: (number) => resolve(number === undefined ? undefined : aVersion(number)) });
    });
  }
}

function aVersion(version: number): FunctionVersion {
  return {
    name: 'fib',
    version,
    digest: 'ab'.repeat(32),
    sizeBytes: 8,
    kind: 'core',
    entry: 'fib',
    exports: [],
    needs: [],
    config: {},
    limits: { timeoutMs: 1, memoryBytes: 65_536, concurrency: 1 },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

const latest = { name: 'fib', version: undefined };

test('callers who ask at the same time share one question, so that no slower and older answer follows a newer one', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const callers = [resolver.resolve(latest), resolver.resolve(latest)];
  assert.equal(source.asked.length, 1);
  source.asked[0]?.answer(2);
  assert.deepEqual(
    (await Promise.all(callers)).map((found) => found?.version),
    [2, 2],
  );
  assert.equal(resolver.peek(latest)?.version, 2);
});

test('what was asked before the function changed serves those who asked, and is not kept', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const early = resolver.resolve(latest);
  resolver.forget('fib');
  const late = resolver.resolve(latest);
  source.asked[1]?.answer(2);
  assert.equal((await late)?.version, 2);
  source.asked[0]?.answer(1);
  assert.equal((await early)?.version, 1);
  assert.equal(resolver.peek(latest)?.version, 2);
});

test('remembers that there is no such version until the function changes', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const missing = { name: 'fib', version: 7 };
  assert.equal(resolver.peek(missing), undefined);
  const found = resolver.resolve(missing);
  source.asked[0]?.answer(undefined);
  assert.equal(await found, undefined);
  assert.equal(resolver.peek(missing), null);
  resolver.forget('fib');
  assert.equal(resolver.peek(missing), undefined);
});

test('a question that failed is asked again', async () => {
  let asked = 0;
  const failing = (): Promise<undefined> => {
    asked += 1;
    return Promise.reject(new Error('no registry'));
  };
  const resolver = new Resolver({ latest: failing, version: failing });
  await assert.rejects(resolver.resolve(latest), /no registry/);
  await assert.rejects(resolver.resolve(latest), /no registry/);
  assert.equal(asked, 2);
});

test('keeps a bounded number of versions of a name', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const wanted = Array.from({ length: 1_000 }, (_, i) => ({ name: 'fib', version: i + 1 }));
  for (const reference of wanted) {
    const found = resolver.resolve(reference);
    source.asked.at(-1)?.answer(undefined);
    await found;
  }
  assert.ok(wanted.filter((reference) => resolver.peek(reference) === null).length <= 64);
});
