// A function as one uploads it to Lambda: the module lies beside it and is instantiated once per sandbox.
import { readFileSync } from 'node:fs';

const module = new WebAssembly.Module(readFileSync(new URL('fib.wasm', import.meta.url)));
const { exports } = new WebAssembly.Instance(module, {});

export async function handler({ n }) {
  return exports.fib(n);
}
