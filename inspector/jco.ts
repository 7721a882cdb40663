/**
 * jco, the judge of components. Loaded on demand and once per process: it costs 50 ms and 60 MB, and most uploads are no components.
 * It is itself WebAssembly and can panic; then this process ends with its answer, and nothing else was in it.
 */
import { registerHooks } from 'node:module';
import type * as Jco from '@bytecodealliance/jco-transpile/component';
import { BantamError } from '../contracts/errors.ts';

/** Characters of a message of jco that are passed on. */
const maxMessageLength = 1_000;

const shim = '@bytecodealliance/preview2-shim/';

/** A component cannot have this name, so its own exports are not in the way. */
const options = { name: 'component', instantiation: { tag: 'sync' } } as const;

/**
 * Validates the whole component; the code that jco makes of it is thrown away unread.
 * @param bytes begin with the magic of a component: jco would take text, too
 * @throws BantamError MODULE_INVALID with jco's message on one line
 */
export async function judge(bytes: Uint8Array): Promise<void> {
  const { generate } = await load();
  try {
    generate(bytes, { ...options, noTypescript: true });
  } catch (error) {
    throw new BantamError('MODULE_INVALID', `the component is not valid: ${messageOf(error)}`, undefined, { cause: error });
  }
}

/**
 * @param bytes a component that `judge` has taken
 * @returns TypeScript declarations, file name -> text; the component's own is `component.d.ts`
 */
export async function declarations(bytes: Uint8Array): Promise<Map<string, string>> {
  const { generate } = await load();
  const { files } = generate(bytes, options);
  return new Map(files.filter(([name]) => name.endsWith('.d.ts')).map(([name, text]) => [name, Buffer.from(text).toString()]));
}

async function load(): Promise<typeof Jco> {
  // Its WASI for Node starts a worker with access to files, which the locks forbid; the one for browsers reaches nothing.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith(shim)
        ? next(specifier, { ...context, conditions: context.conditions.filter((condition) => condition !== 'node') })
        : next(specifier, context),
  });
  try {
    const jco = await import('@bytecodealliance/jco-transpile/component');
    await jco.$init;
    return jco;
  } finally {
    hooks.deregister();
  }
}

function messageOf(error: unknown): string {
  if (error instanceof WebAssembly.RuntimeError) return 'its validation broke off';
  const lines = error instanceof Error ? error.message : String(error);
  // Its own first words say nothing; causes follow one per line.
  const text = lines
    .replace(/^failed to extract interface information from component\s+Caused by:/, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ': ');
  return text.length > maxMessageLength ? `${text.slice(0, maxMessageLength)}...` : text;
}
