/** `jco glue`: the JavaScript that jco generates for a component, with the WASI host of Bantam behind it; a fresh instance per call. */
import { exportedFunctions } from '../../../component/exports.ts';
import { flattenComponent } from '../../../component/flatten.ts';
import { limits } from '../../../contracts/limits.ts';
import { decodeRequest } from '../../../contracts/request.ts';
import { decodeTypedCall } from '../../../contracts/typed-call.ts';
import { witFromJson } from '../../../contracts/wit-from-json.ts';
import { witToJson } from '../../../contracts/wit-to-json.ts';
import { beginExchange, readAnswer } from '../../../executor/host/wasi/http-exchange.ts';
import { World } from '../../../executor/host/world.ts';
import type { Contender } from '../contender.ts';
import { type Guest, moduleBytes } from '../guest.ts';
import { JcoHost, type JcoImports } from './jco-host.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;
type Exports = Readonly<Record<string, unknown>>;

interface Glue {
  readonly instantiate: (getCoreModule: (name: string) => WebAssembly.Module, imports: JcoImports) => Exports;
}

const worldSettings = {
  args: [],
  env: [],
  assets: undefined,
  maxFileBytes: limits.defaultMemoryBytes,
  maxAnswerBytes: limits.maxLogBytes,
  maxLogBytes: limits.maxLogBytes,
};

export const jcoGlue: Contender = {
  name: 'jco glue',
  spawns: false,
  runs: ({ kind }) => kind === 'component' || kind === 'component-http',
  async prepare(guest) {
    const bytes = moduleBytes(guest);
    const plan = flattenComponent(bytes);
    const host = new JcoHost(plan);
    const instantiate = await link(bytes, host.imports);
    const call =
      guest.kind === 'component-http' ? callHandler(guest, host) : callTyped(guest, exportedFunctions(plan, limits.maxTypeNodes));
    return () => {
      const world = new World(worldSettings);
      host.world = world;
      const answer = call(instantiate(), world);
      world.stdout.take();
      world.stderr.take();
      return answer;
    };
  },
};

async function link(bytes: Uint8Array, imports: JcoImports): Promise<() => Exports> {
  const jco = await import('@bytecodealliance/jco-transpile/component');
  await jco.$init;
  const { files } = jco.generate(bytes, {
    name: 'component',
    instantiation: { tag: 'sync' },
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
  });
  const compiled = new Map<string, WebAssembly.Module>();
  let source = '';
  for (const [name, file] of files) {
    if (name.endsWith('.wasm')) compiled.set(name, new WebAssembly.Module(file as Uint8Array<ArrayBuffer>));
    if (name === 'component.js') source = Buffer.from(file).toString('base64');
  }
  const glue = (await import(`data:text/javascript;base64,${source}`)) as Glue;
  return () => glue.instantiate((name) => compiled.get(name) as WebAssembly.Module, imports);
}

function callHandler({ payload }: Guest, host: JcoHost): (exports: Exports, world: World) => Uint8Array {
  const request = host.wrapper('wasi:http/types', 'incoming-request');
  const responseOut = host.wrapper('wasi:http/types', 'response-outparam');
  return (exports, world) => {
    const exchange = beginExchange(world, decodeRequest(payload));
    (exports['incomingHandler'] as { readonly handle: AnyFunction }).handle(request(exchange[0]), responseOut(exchange[1]));
    return readAnswer(exchange).body;
  };
}

function callTyped({ payload }: Guest, exported: ReturnType<typeof exportedFunctions>): (exports: Exports) => Uint8Array {
  return (exports) => {
    const { exportName, args } = decodeTypedCall(payload);
    const found = exported.find(({ name }) => name === exportName);
    if (found === undefined || 'refused' in found) throw new Error(`no export ${exportName}`);
    const { params, result } = found.signature;
    const values = params.map(({ name, type }, i) => witFromJson(type, args[i], name));
    // The err case of a result is thrown.
    const value = (exports[exportName] as AnyFunction)(...values);
    const type = result?.kind === 'result' ? result.ok : result;
    return Buffer.from(type === undefined ? '' : JSON.stringify(witToJson(type, value)));
  };
}
