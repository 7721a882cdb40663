/** Signatures of wasi:io: see wasi/interfaces.ts. */

const streamError = 'variant{last-operation-failed(own<wasi:io/error.error>),closed}';
const input = 'borrow<wasi:io/streams.input-stream>';
const output = 'borrow<wasi:io/streams.output-stream>';
const pollable = 'wasi:io/poll.pollable';

export const ioInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  ['wasi:io/error', new Map([['[method]error.to-debug-string', '(borrow<wasi:io/error.error>)->string']])],
  [
    'wasi:io/poll',
    new Map([
      ['[method]pollable.ready', `(borrow<${pollable}>)->bool`],
      ['[method]pollable.block', `(borrow<${pollable}>)->_`],
      ['poll', `(list<borrow<${pollable}>>)->list<u32>`],
    ]),
  ],
  [
    'wasi:io/streams',
    new Map([
      ['[method]input-stream.read', `(${input},u64)->result<list<u8>,${streamError}>`],
      ['[method]input-stream.blocking-read', `(${input},u64)->result<list<u8>,${streamError}>`],
      ['[method]input-stream.skip', `(${input},u64)->result<u64,${streamError}>`],
      ['[method]input-stream.blocking-skip', `(${input},u64)->result<u64,${streamError}>`],
      ['[method]input-stream.subscribe', `(${input})->own<${pollable}>`],
      ['[method]output-stream.check-write', `(${output})->result<u64,${streamError}>`],
      ['[method]output-stream.write', `(${output},list<u8>)->result<_,${streamError}>`],
      ['[method]output-stream.blocking-write-and-flush', `(${output},list<u8>)->result<_,${streamError}>`],
      ['[method]output-stream.flush', `(${output})->result<_,${streamError}>`],
      ['[method]output-stream.blocking-flush', `(${output})->result<_,${streamError}>`],
      ['[method]output-stream.subscribe', `(${output})->own<${pollable}>`],
      ['[method]output-stream.write-zeroes', `(${output},u64)->result<_,${streamError}>`],
      ['[method]output-stream.blocking-write-zeroes-and-flush', `(${output},u64)->result<_,${streamError}>`],
      ['[method]output-stream.splice', `(${output},${input},u64)->result<u64,${streamError}>`],
      ['[method]output-stream.blocking-splice', `(${output},${input},u64)->result<u64,${streamError}>`],
    ]),
  ],
];
