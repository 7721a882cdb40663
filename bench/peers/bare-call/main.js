// Calls in a running process, with no platform around them. Arguments: module, n, its answer, warm-up ms, calls and ms to count at most.
// Prints the time of compiling, instantiating and the first call, and the median of following ones.
import { readFileSync } from 'node:fs';

const [file, ...numbers] = process.argv.slice(2);
const [n, expected, warmUpMs, calls, forMs] = numbers.map(Number);
const bytes = readFileSync(file);

const startMs = performance.now();
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
const first = exports.fib(n);
const coldMs = performance.now() - startMs;
if (first !== expected) throw new Error(`fib(${n}) is ${first}`);

const warmUntilMs = performance.now() + warmUpMs;
while (performance.now() < warmUntilMs) exports.fib(n);
const untilMs = performance.now() + forMs;
const times = [];
do {
  const beganMs = performance.now();
  exports.fib(n);
  times.push(performance.now() - beganMs);
} while (times.length < calls && performance.now() < untilMs);
times.sort((a, b) => a - b);
console.log(JSON.stringify({ coldMs, warmMs: times[times.length >> 1] }));
