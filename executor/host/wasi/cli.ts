/** wasi:cli as a guest imports it: arguments, environment, standard streams, exit. No stream is ever a terminal. */
import type { HostFunction, HostInterface } from '../../component/host.ts';
import { stop } from '../stop.ts';
import type { World } from '../world.ts';
import type { Result } from './result.ts';
import { type ByteSource, InputStream, OutputStream } from './streams.ts';

/** Every stream of it reads on where the last one stopped. */
class StandardInput implements ByteSource {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  read(maxBytes: number): Uint8Array | 'closed' {
    const { stdin, stdinAt } = this.#world;
    if (stdinAt === stdin.length) return 'closed';
    const part = stdin.subarray(stdinAt, stdinAt + maxBytes);
    this.#world.stdinAt += part.length;
    return part;
  }
}

function only(name: string, implementation: HostFunction<World>): HostInterface<World> {
  return { functions: new Map([[name, implementation]]), drops: new Map() };
}

function exitWithCode(world: World, status: number): never {
  return stop(world, { kind: 'exit', status });
}

const environment: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['get-environment', (world: World): World['env'] => world.env],
    ['get-arguments', (world: World): World['args'] => world.args],
    ['initial-cwd', (): string => '/'],
  ]),
  drops: new Map(),
};

const exit: HostInterface<World> = {
  functions: new Map<string, HostFunction<World>>([
    ['exit', (world: World, status: Result<undefined, undefined>): never => exitWithCode(world, status.tag === 'ok' ? 0 : 1)],
    ['exit-with-code', exitWithCode],
  ]),
  drops: new Map(),
};

const notATerminal = (): undefined => undefined;
const nothing: HostInterface<World> = { functions: new Map(), drops: new Map() };

export const cli: readonly (readonly [iface: string, HostInterface<World>])[] = [
  ['wasi:cli/environment', environment],
  ['wasi:cli/exit', exit],
  ['wasi:cli/stdin', only('get-stdin', (world: World): InputStream => new InputStream(new StandardInput(world)))],
  ['wasi:cli/stdout', only('get-stdout', (world: World): OutputStream => new OutputStream(world.stdout))],
  ['wasi:cli/stderr', only('get-stderr', (world: World): OutputStream => new OutputStream(world.stderr))],
  ['wasi:cli/terminal-input', nothing],
  ['wasi:cli/terminal-output', nothing],
  ['wasi:cli/terminal-stdin', only('get-terminal-stdin', notATerminal)],
  ['wasi:cli/terminal-stdout', only('get-terminal-stdout', notATerminal)],
  ['wasi:cli/terminal-stderr', only('get-terminal-stderr', notATerminal)],
];
