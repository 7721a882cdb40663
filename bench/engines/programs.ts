/** The programs: how much work each is given, what it answers then, and what the research of 2020 measured of its own. */

/** Seconds of theirs, process start included, on their machine. null: it panicked. */
export interface Research {
  readonly native: number;
  readonly wasmtime: number;
  readonly wasmer: number;
  readonly lucet: number | null;
}

export interface Program {
  /** Of programs/{name}.c and wasm/{name}.wasm. */
  readonly name: string;
  readonly title: string;
  /** The one argument of its `run`: how much work. The same in short runs, since less of it is another thing to caches and predictors. */
  readonly n: number;
  /** What `run` returns. */
  readonly checksum: number;
  readonly research?: Research;
}

export const programs: readonly Program[] = [
  {
    name: 'prime',
    title: 'is 4294967029 prime',
    n: 4_294_967_029,
    checksum: 1,
    research: { native: 10.69, wasmtime: 19.17, wasmer: 12.56, lucet: 12.83 },
  },
  {
    name: 'fib',
    title: 'fib(42)',
    n: 42,
    checksum: 267_914_296,
    research: { native: 0.55, wasmtime: 1.99, wasmer: 1.52, lucet: 1.72 },
  },
  {
    name: 'matrix',
    title: 'matrix 800^3',
    n: 800,
    checksum: -477_953_011,
    research: { native: 3.82, wasmtime: 6.82, wasmer: 4.34, lucet: null },
  },
  { name: 'bubble', title: 'bubble sort of 50,000', n: 50_000, checksum: 573_238_132 },
  { name: 'walk', title: 'walk through 64 MiB', n: 64, checksum: -662_700_032 },
  { name: 'json', title: 'JSON, 4,000 records', n: 4_000, checksum: 1_024_544_704 },
  { name: 'lz', title: 'LZ77, 4 MiB', n: 4_096, checksum: -763_352_270 },
  { name: 'sha256', title: 'SHA-256, 64 MiB', n: 64, checksum: 673_075_613 },
];
