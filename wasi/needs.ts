/** What a module asks of its host, in words, by what it imports. Pure data and lookups. */

const refused = '(refused at run time)';

/** In the order in which they are listed. */
const words = [
  'stdio',
  'arguments',
  'environment',
  'clock',
  'sleep',
  'random',
  'files',
  'exit',
  'log',
  `sockets ${refused}`,
  `outbound http ${refused}`,
] as const;
type Need = (typeof words)[number];

/** The first pattern that fits the name of a call decides; names that fit none ask for nothing worth telling. */
const preview1Calls: readonly (readonly [RegExp, Need])[] = [
  [/^args_/, 'arguments'],
  [/^environ_/, 'environment'],
  [/^clock_/, 'clock'],
  [/^fd_(read|write)$/, 'stdio'],
  [/^path_|^fd_(prestat|readdir|pread|pwrite|allocate|filestat_set|advise|sync|datasync)/, 'files'],
  [/^poll_oneoff$/, 'sleep'],
  [/^proc_/, 'exit'],
  [/^random_get$/, 'random'],
  [/^sock_/, `sockets ${refused}`],
];

const envFunctions: readonly (readonly [RegExp, Need])[] = [
  [/^seed$/, 'random'],
  [/^(Date|performance)\.now$/, 'clock'],
  [/^(trace$|console\.)/, 'log'],
];

/** Matched against `interface#function`, the interface without version. */
const interfaceFunctions: readonly (readonly [RegExp, Need])[] = [
  [/^wasi:cli\/environment#get-arguments$/, 'arguments'],
  [/^wasi:cli\/environment#/, 'environment'],
  [/^wasi:cli\/exit#/, 'exit'],
  [/^wasi:cli\/(stdin|stdout|stderr|terminal-[a-z]+)#/, 'stdio'],
  [/^wasi:clocks\/monotonic-clock#subscribe/, 'sleep'],
  [/^wasi:clocks\//, 'clock'],
  [/^wasi:random\//, 'random'],
  [/^wasi:filesystem\//, 'files'],
  [/^wasi:sockets\//, `sockets ${refused}`],
  [/^wasi:http\/outgoing-handler#/, `outbound http ${refused}`],
];

/** @param names of preview 1 calls */
export function preview1Needs(names: Iterable<string>): Need[] {
  return collect(names, preview1Calls);
}

/** @param names of functions imported from `env` */
export function envNeeds(names: Iterable<string>): Need[] {
  return collect(names, envFunctions);
}

/** @param functions what a component imports; `iface` without version */
export function interfaceNeeds(functions: Iterable<{ readonly iface: string; readonly name: string }>): Need[] {
  return collect(
    Array.from(functions, ({ iface, name }) => `${iface}#${name}`),
    interfaceFunctions,
  );
}

/** @returns each need once, in the order of the list above */
export function mergeNeeds(...lists: readonly (readonly Need[])[]): Need[] {
  const found = new Set(lists.flat());
  return words.filter((word) => found.has(word));
}

function collect(names: Iterable<string>, patterns: readonly (readonly [RegExp, Need])[]): Need[] {
  const found = new Set<Need>();
  for (const name of names) {
    const need = patterns.find(([pattern]) => pattern.test(name))?.[1];
    if (need !== undefined) found.add(need);
  }
  return words.filter((word) => found.has(word));
}
