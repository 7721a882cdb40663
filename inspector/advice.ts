/** Modules that are known not to run here, told by what they import: what they are, and what to build instead. One row each. */
import type { CoreModule } from '../wasm/module.ts';

type Names = readonly { readonly module: string; readonly name: string }[];

interface Foreign {
  readonly recognises: (missing: Names, module: CoreModule) => boolean;
  /** Completes "module imports ...: ". */
  readonly advice: string;
}

const fromModule =
  (pattern: RegExp) =>
  (imports: Names): boolean =>
    imports.some(({ module }) => pattern.test(module));
const fromEnv =
  (pattern: RegExp) =>
  (imports: Names): boolean =>
    imports.some(({ module, name }) => module === 'env' && pattern.test(name));

/** The first that fits is told. */
const foreign: readonly Foreign[] = [
  { recognises: fromModule(/^(gojs|go)$/), advice: 'it is Go for browsers (GOOS=js); build it with GOOS=wasip1 GOARCH=wasm' },
  {
    recognises: fromModule(/^wasi$/),
    advice: 'it starts threads (wasi-threads), which are not given; build it for wasm32-wasip1 without -pthread',
  },
  {
    recognises: fromModule(/^wasi_experimental_http$/),
    advice: 'it uses the HTTP experiment of early Spin and Deis; build a component that exports wasi:http/incoming-handler',
  },
  {
    recognises: fromModule(/^wasi_(ephemeral|nn|crypto|experimental)/),
    advice: 'of WASI, preview 1 and 0.2 are given; build it without this extension',
  },
  { recognises: fromModule(/^extism:host\//), advice: 'it is an Extism plug-in; build its logic as a WASI command or a component' },
  {
    recognises: fromModule(/^(spin-|fermyon:|outbound-http|outbound-redis|key-value$|sqlite$|llm$)/),
    advice: 'it uses the interfaces of Spin 1; build it with a Spin SDK of version 2 or newer as a wasi:http component',
  },
  { recognises: fromModule(/^(wapc|wasmbus)/), advice: 'it is a waPC actor (wasmCloud before 1.0); build it as a component' },
  {
    recognises: fromEnv(/^proxy_/),
    advice: 'it is a proxy-wasm filter, which runs in a proxy; build a component that exports wasi:http/incoming-handler',
  },
  {
    recognises: (imports) =>
      fromModule(/^(__wbindgen_placeholder__|__wbindgen_externref_xform__|wbg)$|_bg\.js$/)(imports) ||
      imports.some(({ name }) => name.startsWith('__wbindgen_') || name.startsWith('__wbg_')),
    advice: 'it is built with wasm-bindgen for JavaScript; build it for wasm32-wasip1 or wasm32-wasip2 without wasm-bindgen',
  },
  {
    recognises: fromEnv(
      /^(invoke_[a-z]+$|__cxa_(throw|begin_catch|end_catch|find_matching_catch|allocate_exception)|__resumeException$|llvm_eh_)/,
    ),
    advice: 'it throws C++ exceptions by way of JavaScript; build it with -fno-exceptions',
  },
  {
    recognises: fromEnv(/^(__sys_|__syscall_|__syscall[0-9])/),
    advice: 'it makes system calls of Emscripten; build it with -sSTANDALONE_WASM -sPURE_WASI, or with wasi-sdk',
  },
  {
    recognises: (imports) =>
      fromEnv(/^(emscripten_|_emscripten|_?setTempRet0$|_?getTempRet0$|_?abort(OnCannotGrowMemory)?$|nullFunc_|___)/)(imports) ||
      // Names are shortened at -O2 and above: "a"."b".
      (imports.length > 0 && imports.every(({ module, name }) => /^[a-z]$/.test(module) && /^[a-zA-Z$_]{1,2}$/.test(name))),
    advice: 'it is built by Emscripten for use with its JavaScript; build it with -sSTANDALONE_WASM (and --no-entry for a library)',
  },
  {
    recognises: (_, module) => module.customSections.includes('dylink.0'),
    advice: 'it is a side module that uses symbols of others; link everything it uses into it, or build it with -sSTANDALONE_WASM',
  },
  {
    recognises: fromModule(/^wasi:[a-z-]+\/|^wasi_snapshot_preview2/),
    advice: 'it is the core module of a component; make the component with `wasm-tools component new` or `jco new`',
  },
  { recognises: fromModule(/^wasmedge|^wasmer|^wasix/), advice: 'it uses extensions of another runtime; build it for plain wasm32-wasip1' },
];

/**
 * @param missing those of its imports that are not given
 * @returns what the module is and what would run, of a module that is known not to; undefined of others
 */
export function adviceFor(missing: Names, module: CoreModule): string | undefined {
  return foreign.find(({ recognises }) => recognises(missing, module))?.advice;
}
