/** The interfaces of WASI 0.2 that a component may import, with the text of each function's type. What it declares must equal it. */
import { cliInterfaces } from './interfaces/cli.ts';
import { clocksInterfaces } from './interfaces/clocks.ts';
import { filesystemInterfaces } from './interfaces/filesystem.ts';
import { httpInterfaces } from './interfaces/http.ts';
import { ioInterfaces } from './interfaces/io.ts';
import { randomInterfaces } from './interfaces/random.ts';
import { socketsInterfaces } from './interfaces/sockets.ts';

/**
 * Interface without version -> name of the function as in the binary -> text of its type (component/signature-text.ts). The worlds
 * `wasi:cli/imports` and `wasi:http/imports` with all that is behind a feature gate; equal in 0.2.0 to 0.2.12 where a version has them.
 */
export const wasiInterfaces: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ...ioInterfaces,
  ...clocksInterfaces,
  ...randomInterfaces,
  ...filesystemInterfaces,
  ...socketsInterfaces,
  ...cliInterfaces,
  ...httpInterfaces,
]);
