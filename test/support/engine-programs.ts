/** What the programs of `engines` should answer, computed another way than they do. */
import { createHash } from 'node:crypto';

interface Answers {
  readonly of: (n: number) => number;
  /** Amounts of work that are quick. */
  readonly less: readonly number[];
}

const answers: Readonly<Record<string, Answers>> = {
  prime: { of: (n) => Number(isPrime(n)), less: [0, 1, 2, 3, 4, 5, 7, 9, 25, 49, 77, 91, 97, 1_000_003, 1_000_004, 1_018_081] },
  fib: { of: fib, less: [0, 1, 2, 20] },
  matrix: { of: product, less: [1, 2, 50] },
  bubble: { of: sorted, less: [0, 1, 2, 1_000] },
  walk: { of: walk, less: [1, 2] },
  sha256: { of: firstWord, less: [0, 1, 3] },
};

/** @returns undefined of a program that checks itself */
export function answersOf(program: string): Answers | undefined {
  return answers[program];
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}

function fib(n: number): number {
  let [last, next] = [0, 1];
  for (let i = 0; i < n; i++) [last, next] = [next, last + next];
  return last;
}

function add(checksum: number, value: number): number {
  return (Math.imul(checksum, 31) + value) | 0;
}

/** b[k][j] depends on k + 5j only modulo 13, so a row's sums are 13 different ones. */
function product(n: number): number {
  let checksum = 0;
  for (let i = 0; i < n; i++) {
    const sums = Array.from({ length: 13 }, (_, shift) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += ((i * 3 + k) % 17) * ((k + shift) % 13);
      return sum;
    });
    for (let j = 0; j < n; j++) checksum = add(checksum, sums[(j * 5) % 13] ?? NaN);
  }
  return checksum;
}

function sorted(n: number): number {
  const values = new Int32Array(n);
  let random = 1;
  for (let i = 0; i < n; i++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
    values[i] = random >>> 1;
  }
  return values.toSorted().reduce(add, 0);
}

function walk(mebibytes: number): number {
  const count = mebibytes * 262_144;
  let checksum = 0;
  // Every word is a multiple of its index: no memory is needed to know it.
  for (let i = 0; i < count; i++) checksum = add(checksum, Math.imul((i * 4_097) % count, 2_654_435_761));
  return checksum;
}

function firstWord(mebibytes: number): number {
  const period = Uint8Array.from({ length: 256 }, (_, i) => i);
  const message = Buffer.alloc(mebibytes * 1_048_576, period);
  return createHash('sha256').update(message).digest().readInt32BE(0);
}
