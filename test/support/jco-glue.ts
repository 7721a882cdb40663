/** Runs components through the glue that jco generates: the oracle of the linker's tests. For components of our own making only. */
import type * as Jco from '@bytecodealliance/jco-transpile/component';

/** By camelCase name. */
type JcoFunctions = Readonly<Record<string, (...args: never[]) => unknown>>;
type Exports = Readonly<Record<string, unknown>>;
/** By interface without version, or by the name of a function. */
export type JcoImports = Readonly<Record<string, JcoFunctions | JcoFunctions[string]>>;

interface Glue {
  readonly instantiate: (getCoreModule: (name: string) => WebAssembly.Module, imports: JcoImports) => Exports;
}

export class JcoOracle {
  #jco: Promise<typeof Jco> | undefined;
  #loads = 0;

  /**
   * @returns makes instances
   * @throws when the component is not valid, or jco cannot do it
   */
  async link(bytes: Uint8Array): Promise<(imports: JcoImports) => Exports> {
    const files = new Map((await this.#generate(bytes)).files);
    const source = Buffer.from(files.get('component.js') ?? []).toString('base64');
    const glue = (await import(`data:text/javascript;base64,${source}`)) as Glue;
    const compiled = new Map<string, WebAssembly.Module>();
    for (const [name, file] of files) {
      if (name.endsWith('.wasm')) compiled.set(name, new WebAssembly.Module(file as Uint8Array<ArrayBuffer>));
    }
    return (imports) => glue.instantiate((name) => compiled.get(name) as WebAssembly.Module, imports);
  }

  async #generate(bytes: Uint8Array): Promise<Jco.Transpiled> {
    this.#jco ??= load(++this.#loads);
    const { generate } = await this.#jco;
    try {
      return generate(bytes, {
        name: 'component',
        instantiation: { tag: 'sync' },
        noTypescript: true,
        noNodejsCompat: true,
        base64Cutoff: 0,
      });
    } catch (error) {
      // Once it has panicked it is of no use.
      if (error instanceof WebAssembly.RuntimeError) this.#jco = undefined;
      throw error;
    }
  }
}

/** @param copy each number is a module of its own */
async function load(copy: number): Promise<typeof Jco> {
  const jco = (await import(`${import.meta.resolve('@bytecodealliance/jco-transpile/component')}?copy=${copy}`)) as typeof Jco;
  await jco.$init;
  return jco;
}

/** jco gives lists of known length as arrays, and no `val` where there is no payload. @returns typed arrays as arrays, without undefined members */
export function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plain(member)]));
}
