/** When the event loop is kept awake for a call, and for how long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Vigil, vigilLimits } from '../../worker/pool/vigil.ts';

/** A clock and an event loop that are turned by hand, 10 us a turn. */
class Loop {
  outstanding = 0;
  nowUs = 1_000;
  readonly #next: (() => void)[] = [];
  readonly vigil = new Vigil({
    outstanding: () => this.outstanding,
    nowUs: () => this.nowUs,
    nextTurn: (watch) => void this.#next.push(watch),
  });

  /** Calls one after the other, each answered before the next comes. */
  answered(count: number): this {
    for (let i = 0; i < count; i++) {
      this.outstanding = 1;
      this.vigil.came();
      this.outstanding = 0;
    }
    return this;
  }

  /** One more comes, is handed over, and runs. @returns turns without sleep, until `answeredAfter` of them at most */
  awakeTurns(meanUs: number | undefined, answeredAfter = 1_000): number {
    this.outstanding++;
    this.vigil.came();
    this.vigil.keep(meanUs);
    let turns = 0;
    for (let watch = this.#next.shift(); watch !== undefined; watch = this.#next.shift()) {
      this.nowUs += 10;
      if (++turns === answeredAfter) this.outstanding--;
      watch();
    }
    return turns;
  }
}

const enough = vigilLimits.callsAlone - 1;
const longest = vigilLimits.awakeUs / 10;

test('it is kept awake once enough calls have come alone, until the limit', () => {
  assert.equal(new Loop().answered(enough).awakeTurns(vigilLimits.meanUs), longest);
  assert.equal(new Loop().answered(enough - 1).awakeTurns(vigilLimits.meanUs), 0);
});

test('it is kept awake no longer than until the answer', () => {
  assert.equal(new Loop().answered(enough).awakeTurns(5, 3), 3);
});

test('it is not kept awake for calls that are longer, or of unknown duration', () => {
  assert.equal(new Loop().answered(enough).awakeTurns(vigilLimits.meanUs + 1), 0);
  assert.equal(new Loop().answered(enough).awakeTurns(undefined), 0);
});

test('a call that finds another one ends the row', () => {
  const loop = new Loop().answered(enough);
  loop.outstanding = 1;
  assert.equal(loop.awakeTurns(5), 0);
  loop.outstanding = 0;
  assert.equal(loop.answered(enough - 1).awakeTurns(5), 0);
  loop.outstanding = 0;
  assert.equal(loop.awakeTurns(5), longest);
});
