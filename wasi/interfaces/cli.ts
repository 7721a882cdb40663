/** Signatures of wasi:cli (what a guest imports of it): see wasi/interfaces.ts. */

export const cliInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  [
    'wasi:cli/environment',
    new Map([
      ['get-environment', '()->list<tuple<string,string>>'],
      ['get-arguments', '()->list<string>'],
      ['initial-cwd', '()->option<string>'],
    ]),
  ],
  [
    'wasi:cli/exit',
    new Map([
      ['exit', '(result<_,_>)->_'],
      ['exit-with-code', '(u8)->_'],
    ]),
  ],
  ['wasi:cli/stdin', new Map([['get-stdin', '()->own<wasi:io/streams.input-stream>']])],
  ['wasi:cli/stdout', new Map([['get-stdout', '()->own<wasi:io/streams.output-stream>']])],
  ['wasi:cli/stderr', new Map([['get-stderr', '()->own<wasi:io/streams.output-stream>']])],
  ['wasi:cli/terminal-stdin', new Map([['get-terminal-stdin', '()->option<own<wasi:cli/terminal-input.terminal-input>>']])],
  ['wasi:cli/terminal-stdout', new Map([['get-terminal-stdout', '()->option<own<wasi:cli/terminal-output.terminal-output>>']])],
  ['wasi:cli/terminal-stderr', new Map([['get-terminal-stderr', '()->option<own<wasi:cli/terminal-output.terminal-output>>']])],
  ['wasi:cli/terminal-input', new Map()],
  ['wasi:cli/terminal-output', new Map()],
];
