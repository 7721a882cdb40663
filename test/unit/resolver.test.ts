/** The gateway's cache of versions: what it asks for, what it keeps, and that nothing old comes after something new. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FunctionVersion } from '../../contracts/function.ts';
import type { FunctionReference } from '../../contracts/names.ts';
import { Resolver, type RouteSource } from '../../gateway/invoke/resolver.ts';
import type { Route } from '../../registry/port.ts';
import { aVersion } from '../support/routes.ts';

interface Question {
  readonly of: number | string;
  answer(number: number | undefined): void;
}

/** A source whose every answer the test gives. */
class TestSource implements RouteSource {
  readonly asked: Question[] = [];

  async route(_name: string, alias: string): Promise<Route | undefined> {
    const version = await this.#ask(alias);
    return version && { alias, release: '1', shares: [{ version, weight: 1 }], sticky: undefined, guard: undefined };
  }

  version(_name: string, version: number): Promise<FunctionVersion | undefined> {
    return this.#ask(version);
  }

  #ask(of: number | string): Promise<FunctionVersion | undefined> {
    return new Promise((resolve) => {
      this.asked.push({ of, answer: (number) => resolve(number === undefined ? undefined : aVersion(number)) });
    });
  }
}

const live: FunctionReference = { name: 'fib', alias: undefined };

/** @returns the number of the only version of a route */
function only(route: Route | null | undefined): number | undefined {
  assert.ok(route === null || route === undefined || route.shares.length === 1);
  return route?.shares[0]?.version.version;
}

test('callers who ask at the same time share one question, so that no slower and older answer follows a newer one', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const callers = [resolver.resolve(live), resolver.resolve(live)];
  assert.equal(source.asked.length, 1);
  source.asked[0]?.answer(2);
  assert.deepEqual((await Promise.all(callers)).map(only), [2, 2]);
  assert.equal(only(resolver.peek(live)), 2);
});

test('what was asked before the function changed serves those who asked, and is not kept', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const early = resolver.resolve(live);
  resolver.forget('fib');
  const late = resolver.resolve(live);
  source.asked[1]?.answer(2);
  assert.equal(only(await late), 2);
  source.asked[0]?.answer(1);
  assert.equal(only(await early), 1);
  assert.equal(only(resolver.peek(live)), 2);
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
  const resolver = new Resolver({ route: failing, version: failing });
  await assert.rejects(resolver.resolve(live), /no registry/);
  await assert.rejects(resolver.resolve(live), /no registry/);
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

test('asks for an alias once, for none of another name, and for the default alias where none is named', async () => {
  const source = new TestSource();
  const resolver = new Resolver(source);
  const found = [
    resolver.resolve(live),
    resolver.resolve({ name: 'fib', alias: 'live' }),
    resolver.resolve({ name: 'fib', alias: 'canary' }),
    resolver.resolve({ name: 'fib', version: 3 }),
  ];
  assert.deepEqual(
    source.asked.map(({ of }) => of),
    ['live', 'canary', 3],
  );
  for (const [index, question] of source.asked.entries()) question.answer(index + 1);
  assert.deepEqual((await Promise.all(found)).map(only), [1, 1, 2, 3]);
  assert.deepEqual(
    [live, { name: 'fib', alias: 'canary' }, { name: 'fib', version: 3 }].map((reference) => only(resolver.peek(reference))),
    [1, 2, 3],
  );
});
