export function fib(n: i32): i32 {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/** What is thrown is shown in the answer, with its place. */
export function root(x: f64): f64 {
  if (x < 0) throw new RangeError('no real root of a negative number');
  return Math.sqrt(x);
}
