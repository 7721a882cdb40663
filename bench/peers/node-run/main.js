// One call in a process of its own, as a local runtime makes it. Arguments: module, n. Prints fib(n).
import { readFileSync } from 'node:fs';

const [file, n] = process.argv.slice(2);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
console.log(exports.fib(Number(n)));
