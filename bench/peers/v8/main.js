// V8 as Node starts it: compiles a module and calls its `run` again and again, in one instance or in a new one each time.
// Arguments: file, n, calls, `fresh` or `kept`.
import { readFileSync } from 'node:fs';

const [file = '', n = '', count = '', instances] = process.argv.slice(2);
const bytes = readFileSync(file);
const calls = [];
let module, instance, readyUs;
while (calls.length < Number(count)) {
  const before = await processorUs();
  const beganMs = performance.now();
  module ??= new WebAssembly.Module(bytes);
  if (instances === 'fresh' || instance === undefined) instance = new WebAssembly.Instance(module);
  readyUs ??= (performance.now() - beganMs) * 1_000;
  const checksum = instance.exports.run(BigInt(n));
  const elapsedUs = (performance.now() - beganMs) * 1_000;
  calls.push({ checksum, elapsedUs, processorUs: (await processorUs()) - before });
}
console.log(JSON.stringify({ readyUs, calls, residentBytes: process.memoryUsage.rss() }));

/** After a moment of waiting: of a thread that runs, the kernel has not counted the last milliseconds yet. In it V8 gets to its own tasks. */
async function processorUs() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
