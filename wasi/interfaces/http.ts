/** Signatures of wasi:http (what a guest imports of it): see wasi/interfaces.ts. */

const fieldSize = 'record{field-name:option<string>,field-size:option<u32>}';
const errorCode =
  'variant{DNS-timeout,DNS-error(record{rcode:option<string>,info-code:option<u16>}),destination-not-found,' +
  'destination-unavailable,destination-IP-prohibited,destination-IP-unroutable,connection-refused,' +
  'connection-terminated,connection-timeout,connection-read-timeout,connection-write-timeout,' +
  'connection-limit-reached,TLS-protocol-error,TLS-certificate-error,' +
  'TLS-alert-received(record{alert-id:option<u8>,alert-message:option<string>}),HTTP-request-denied,' +
  'HTTP-request-length-required,HTTP-request-body-size(option<u64>),HTTP-request-method-invalid,' +
  'HTTP-request-URI-invalid,HTTP-request-URI-too-long,HTTP-request-header-section-size(option<u32>),' +
  `HTTP-request-header-size(option<${fieldSize}>),HTTP-request-trailer-section-size(option<u32>),` +
  `HTTP-request-trailer-size(${fieldSize}),HTTP-response-incomplete,` +
  `HTTP-response-header-section-size(option<u32>),HTTP-response-header-size(${fieldSize}),` +
  'HTTP-response-body-size(option<u64>),HTTP-response-trailer-section-size(option<u32>),' +
  `HTTP-response-trailer-size(${fieldSize}),HTTP-response-transfer-coding(option<string>),` +
  'HTTP-response-content-coding(option<string>),HTTP-response-timeout,HTTP-upgrade-failed,HTTP-protocol-error,' +
  'loop-detected,configuration-error,internal-error(option<string>)}';
const method = 'variant{get,head,post,put,delete,connect,options,trace,patch,other(string)}';
const scheme = 'variant{HTTP,HTTPS,other(string)}';
const headerError = 'variant{invalid-syntax,forbidden,immutable}';
const entries = 'list<tuple<string,list<u8>>>';
const types = 'wasi:http/types';

export const httpInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  [
    'wasi:http/types',
    new Map([
      ['[constructor]fields', `()->own<${types}.fields>`],
      ['[static]fields.from-list', `(${entries})->result<own<${types}.fields>,${headerError}>`],
      ['[method]fields.get', `(borrow<${types}.fields>,string)->list<list<u8>>`],
      ['[method]fields.has', `(borrow<${types}.fields>,string)->bool`],
      ['[method]fields.set', `(borrow<${types}.fields>,string,list<list<u8>>)->result<_,${headerError}>`],
      ['[method]fields.delete', `(borrow<${types}.fields>,string)->result<_,${headerError}>`],
      ['[method]fields.append', `(borrow<${types}.fields>,string,list<u8>)->result<_,${headerError}>`],
      ['[method]fields.entries', `(borrow<${types}.fields>)->${entries}`],
      ['[method]fields.clone', `(borrow<${types}.fields>)->own<${types}.fields>`],
      ['[method]incoming-request.method', `(borrow<${types}.incoming-request>)->${method}`],
      ['[method]incoming-request.path-with-query', `(borrow<${types}.incoming-request>)->option<string>`],
      ['[method]incoming-request.scheme', `(borrow<${types}.incoming-request>)->option<${scheme}>`],
      ['[method]incoming-request.authority', `(borrow<${types}.incoming-request>)->option<string>`],
      ['[method]incoming-request.headers', `(borrow<${types}.incoming-request>)->own<${types}.fields>`],
      ['[method]incoming-request.consume', `(borrow<${types}.incoming-request>)->result<own<${types}.incoming-body>,_>`],
      ['[constructor]outgoing-request', `(own<${types}.fields>)->own<${types}.outgoing-request>`],
      ['[method]outgoing-request.body', `(borrow<${types}.outgoing-request>)->result<own<${types}.outgoing-body>,_>`],
      ['[method]outgoing-request.method', `(borrow<${types}.outgoing-request>)->${method}`],
      ['[method]outgoing-request.set-method', `(borrow<${types}.outgoing-request>,${method})->result<_,_>`],
      ['[method]outgoing-request.path-with-query', `(borrow<${types}.outgoing-request>)->option<string>`],
      ['[method]outgoing-request.set-path-with-query', `(borrow<${types}.outgoing-request>,option<string>)->result<_,_>`],
      ['[method]outgoing-request.scheme', `(borrow<${types}.outgoing-request>)->option<${scheme}>`],
      ['[method]outgoing-request.set-scheme', `(borrow<${types}.outgoing-request>,option<${scheme}>)->result<_,_>`],
      ['[method]outgoing-request.authority', `(borrow<${types}.outgoing-request>)->option<string>`],
      ['[method]outgoing-request.set-authority', `(borrow<${types}.outgoing-request>,option<string>)->result<_,_>`],
      ['[method]outgoing-request.headers', `(borrow<${types}.outgoing-request>)->own<${types}.fields>`],
      ['[constructor]request-options', `()->own<${types}.request-options>`],
      ['[method]request-options.connect-timeout', `(borrow<${types}.request-options>)->option<u64>`],
      ['[method]request-options.set-connect-timeout', `(borrow<${types}.request-options>,option<u64>)->result<_,_>`],
      ['[method]request-options.first-byte-timeout', `(borrow<${types}.request-options>)->option<u64>`],
      ['[method]request-options.set-first-byte-timeout', `(borrow<${types}.request-options>,option<u64>)->result<_,_>`],
      ['[method]request-options.between-bytes-timeout', `(borrow<${types}.request-options>)->option<u64>`],
      ['[method]request-options.set-between-bytes-timeout', `(borrow<${types}.request-options>,option<u64>)->result<_,_>`],
      [
        '[method]response-outparam.send-informational',
        `(borrow<${types}.response-outparam>,u16,own<${types}.fields>)->result<_,${errorCode}>`,
      ],
      ['[static]response-outparam.set', `(own<${types}.response-outparam>,result<own<${types}.outgoing-response>,${errorCode}>)->_`],
      ['[method]incoming-response.status', `(borrow<${types}.incoming-response>)->u16`],
      ['[method]incoming-response.headers', `(borrow<${types}.incoming-response>)->own<${types}.fields>`],
      ['[method]incoming-response.consume', `(borrow<${types}.incoming-response>)->result<own<${types}.incoming-body>,_>`],
      ['[method]incoming-body.stream', `(borrow<${types}.incoming-body>)->result<own<wasi:io/streams.input-stream>,_>`],
      ['[static]incoming-body.finish', `(own<${types}.incoming-body>)->own<${types}.future-trailers>`],
      ['[method]future-trailers.subscribe', `(borrow<${types}.future-trailers>)->own<wasi:io/poll.pollable>`],
      [
        '[method]future-trailers.get',
        `(borrow<${types}.future-trailers>)->option<result<result<option<own<${types}.fields>>,${errorCode}>,_>>`,
      ],
      ['[constructor]outgoing-response', `(own<${types}.fields>)->own<${types}.outgoing-response>`],
      ['[method]outgoing-response.status-code', `(borrow<${types}.outgoing-response>)->u16`],
      ['[method]outgoing-response.set-status-code', `(borrow<${types}.outgoing-response>,u16)->result<_,_>`],
      ['[method]outgoing-response.headers', `(borrow<${types}.outgoing-response>)->own<${types}.fields>`],
      ['[method]outgoing-response.body', `(borrow<${types}.outgoing-response>)->result<own<${types}.outgoing-body>,_>`],
      ['[method]outgoing-body.write', `(borrow<${types}.outgoing-body>)->result<own<wasi:io/streams.output-stream>,_>`],
      ['[static]outgoing-body.finish', `(own<${types}.outgoing-body>,option<own<${types}.fields>>)->result<_,${errorCode}>`],
      ['[method]future-incoming-response.subscribe', `(borrow<${types}.future-incoming-response>)->own<wasi:io/poll.pollable>`],
      [
        '[method]future-incoming-response.get',
        `(borrow<${types}.future-incoming-response>)->option<result<result<own<${types}.incoming-response>,${errorCode}>,_>>`,
      ],
      ['http-error-code', `(borrow<wasi:io/error.error>)->option<${errorCode}>`],
    ]),
  ],
  [
    'wasi:http/outgoing-handler',
    new Map([
      [
        'handle',
        `(own<${types}.outgoing-request>,option<own<${types}.request-options>>)->result<own<${types}.future-incoming-response>,${errorCode}>`,
      ],
    ]),
  ],
];
