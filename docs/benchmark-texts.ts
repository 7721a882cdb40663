/** What docs/benchmarks.md says of each benchmark before its figures, in the order of the page. Words only. */

export interface BenchmarkText {
  /** As in `npm run bench -- <name>`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

const research =
  'Columns that say 2020 are not ours: they are what the research that Bantam goes back to measured, on its machine, with process start included: ' +
  'W. Martini, [WilliamMartini/WASM](https://github.com/WilliamMartini/WASM), and XP 2020 Workshops, ' +
  '[10.1007/978-3-030-58858-8_15](https://doi.org/10.1007/978-3-030-58858-8_15). They are there to be read beside ours; nothing is divided by them.';

export const benchmarkTexts: readonly BenchmarkText[] = [
  {
    name: 'engines',
    title: 'Engines: how fast code runs',
    text: `The same C sources compiled natively and to wasm, and run by Bantam's executor, by V8 as Node starts it, and by the runtimes that the machine has. ${research}`,
  },
  {
    name: 'platforms',
    title: 'Platforms: fib(42) end to end',
    text: `The same function on Bantam and on what else runs functions: the first call and the later ones apart, and what a call that does nothing costs. ${research} Their Node.js action counts fib(0) as 1, so that its fib(42) is another number than ours.`,
  },
  {
    name: 'overhead',
    title: 'Overhead: what a platform adds to a call',
    text: 'Every path answers `GET /fn/fib?n=5` from the same module, under load from the same machine: figures compare paths, they are not capacities. `bare-fastify` runs no wasm and is the floor; `bullmq-wait` is BullMQ with `waitUntilFinished`; workerd runs with an instance per request, and with one for all.',
  },
  {
    name: 'kinds',
    title: 'Kinds: what a call of each kind of module costs',
    text: 'First inside an executor, without a server: a new state of the instance and a call, beside `node:wasi`, the code that jco generates, and `wasmtime run`. Ratios are the time of the other contender over ours. Then memory over many calls, then over HTTP, with other servers for the same wasi:http module.',
  },
  {
    name: 'async',
    title: 'Async: what durable work costs',
    text: 'Work handed in now and done later: accepted and finished per second, latency, and what stays behind. Bantam commits it in PostgreSQL before it answers, runs a guest, and keeps the answer; the peers, BullMQ alone and behind Fastify, keep nothing and run nothing. The ratios say what keeping and running cost.',
  },
];
