/** Signatures of wasi:sockets: see wasi/interfaces.ts. */

const errorCode =
  'enum{unknown,access-denied,not-supported,invalid-argument,out-of-memory,timeout,concurrency-conflict,' +
  'not-in-progress,would-block,invalid-state,new-socket-limit,address-not-bindable,address-in-use,' +
  'remote-unreachable,connection-refused,connection-reset,connection-aborted,datagram-too-large,' +
  'name-unresolvable,temporary-resolver-failure,permanent-resolver-failure}';
const socketAddress =
  'variant{ipv4(record{port:u16,address:tuple<u8,u8,u8,u8>}),ipv6(record{port:u16,flow-info:u32,' +
  'address:tuple<u16,u16,u16,u16,u16,u16,u16,u16>,scope-id:u32})}';
const address = 'variant{ipv4(tuple<u8,u8,u8,u8>),ipv6(tuple<u16,u16,u16,u16,u16,u16,u16,u16>)}';
const family = 'enum{ipv4,ipv6}';
const network = 'borrow<wasi:sockets/network.network>';
const tcp = 'borrow<wasi:sockets/tcp.tcp-socket>';
const udp = 'borrow<wasi:sockets/udp.udp-socket>';
const input = 'own<wasi:io/streams.input-stream>';
const output = 'own<wasi:io/streams.output-stream>';
const pollable = 'own<wasi:io/poll.pollable>';
const incoming = 'wasi:sockets/udp.incoming-datagram-stream';
const outgoing = 'wasi:sockets/udp.outgoing-datagram-stream';

export const socketsInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  ['wasi:sockets/network', new Map([['network-error-code', `(borrow<wasi:io/error.error>)->option<${errorCode}>`]])],
  ['wasi:sockets/instance-network', new Map([['instance-network', '()->own<wasi:sockets/network.network>']])],
  [
    'wasi:sockets/ip-name-lookup',
    new Map([
      [
        '[method]resolve-address-stream.resolve-next-address',
        `(borrow<wasi:sockets/ip-name-lookup.resolve-address-stream>)->result<option<${address}>,${errorCode}>`,
      ],
      ['[method]resolve-address-stream.subscribe', `(borrow<wasi:sockets/ip-name-lookup.resolve-address-stream>)->${pollable}`],
      ['resolve-addresses', `(${network},string)->result<own<wasi:sockets/ip-name-lookup.resolve-address-stream>,${errorCode}>`],
    ]),
  ],
  [
    'wasi:sockets/tcp',
    new Map([
      ['[method]tcp-socket.start-bind', `(${tcp},${network},${socketAddress})->result<_,${errorCode}>`],
      ['[method]tcp-socket.finish-bind', `(${tcp})->result<_,${errorCode}>`],
      ['[method]tcp-socket.start-connect', `(${tcp},${network},${socketAddress})->result<_,${errorCode}>`],
      ['[method]tcp-socket.finish-connect', `(${tcp})->result<tuple<${input},${output}>,${errorCode}>`],
      ['[method]tcp-socket.start-listen', `(${tcp})->result<_,${errorCode}>`],
      ['[method]tcp-socket.finish-listen', `(${tcp})->result<_,${errorCode}>`],
      ['[method]tcp-socket.accept', `(${tcp})->result<tuple<own<wasi:sockets/tcp.tcp-socket>,${input},${output}>,${errorCode}>`],
      ['[method]tcp-socket.local-address', `(${tcp})->result<${socketAddress},${errorCode}>`],
      ['[method]tcp-socket.remote-address', `(${tcp})->result<${socketAddress},${errorCode}>`],
      ['[method]tcp-socket.is-listening', `(${tcp})->bool`],
      ['[method]tcp-socket.address-family', `(${tcp})->${family}`],
      ['[method]tcp-socket.set-listen-backlog-size', `(${tcp},u64)->result<_,${errorCode}>`],
      ['[method]tcp-socket.keep-alive-enabled', `(${tcp})->result<bool,${errorCode}>`],
      ['[method]tcp-socket.set-keep-alive-enabled', `(${tcp},bool)->result<_,${errorCode}>`],
      ['[method]tcp-socket.keep-alive-idle-time', `(${tcp})->result<u64,${errorCode}>`],
      ['[method]tcp-socket.set-keep-alive-idle-time', `(${tcp},u64)->result<_,${errorCode}>`],
      ['[method]tcp-socket.keep-alive-interval', `(${tcp})->result<u64,${errorCode}>`],
      ['[method]tcp-socket.set-keep-alive-interval', `(${tcp},u64)->result<_,${errorCode}>`],
      ['[method]tcp-socket.keep-alive-count', `(${tcp})->result<u32,${errorCode}>`],
      ['[method]tcp-socket.set-keep-alive-count', `(${tcp},u32)->result<_,${errorCode}>`],
      ['[method]tcp-socket.hop-limit', `(${tcp})->result<u8,${errorCode}>`],
      ['[method]tcp-socket.set-hop-limit', `(${tcp},u8)->result<_,${errorCode}>`],
      ['[method]tcp-socket.receive-buffer-size', `(${tcp})->result<u64,${errorCode}>`],
      ['[method]tcp-socket.set-receive-buffer-size', `(${tcp},u64)->result<_,${errorCode}>`],
      ['[method]tcp-socket.send-buffer-size', `(${tcp})->result<u64,${errorCode}>`],
      ['[method]tcp-socket.set-send-buffer-size', `(${tcp},u64)->result<_,${errorCode}>`],
      ['[method]tcp-socket.subscribe', `(${tcp})->${pollable}`],
      ['[method]tcp-socket.shutdown', `(${tcp},enum{receive,send,both})->result<_,${errorCode}>`],
    ]),
  ],
  [
    'wasi:sockets/tcp-create-socket',
    new Map([['create-tcp-socket', `(${family})->result<own<wasi:sockets/tcp.tcp-socket>,${errorCode}>`]]),
  ],
  [
    'wasi:sockets/udp',
    new Map([
      ['[method]udp-socket.start-bind', `(${udp},${network},${socketAddress})->result<_,${errorCode}>`],
      ['[method]udp-socket.finish-bind', `(${udp})->result<_,${errorCode}>`],
      ['[method]udp-socket.stream', `(${udp},option<${socketAddress}>)->result<tuple<own<${incoming}>,own<${outgoing}>>,${errorCode}>`],
      ['[method]udp-socket.local-address', `(${udp})->result<${socketAddress},${errorCode}>`],
      ['[method]udp-socket.remote-address', `(${udp})->result<${socketAddress},${errorCode}>`],
      ['[method]udp-socket.address-family', `(${udp})->${family}`],
      ['[method]udp-socket.unicast-hop-limit', `(${udp})->result<u8,${errorCode}>`],
      ['[method]udp-socket.set-unicast-hop-limit', `(${udp},u8)->result<_,${errorCode}>`],
      ['[method]udp-socket.receive-buffer-size', `(${udp})->result<u64,${errorCode}>`],
      ['[method]udp-socket.set-receive-buffer-size', `(${udp},u64)->result<_,${errorCode}>`],
      ['[method]udp-socket.send-buffer-size', `(${udp})->result<u64,${errorCode}>`],
      ['[method]udp-socket.set-send-buffer-size', `(${udp},u64)->result<_,${errorCode}>`],
      ['[method]udp-socket.subscribe', `(${udp})->${pollable}`],
      [
        '[method]incoming-datagram-stream.receive',
        `(borrow<${incoming}>,u64)->result<list<record{data:list<u8>,remote-address:${socketAddress}}>,${errorCode}>`,
      ],
      ['[method]incoming-datagram-stream.subscribe', `(borrow<${incoming}>)->${pollable}`],
      ['[method]outgoing-datagram-stream.check-send', `(borrow<${outgoing}>)->result<u64,${errorCode}>`],
      [
        '[method]outgoing-datagram-stream.send',
        `(borrow<${outgoing}>,list<record{data:list<u8>,remote-address:option<${socketAddress}>}>)->result<u64,${errorCode}>`,
      ],
      ['[method]outgoing-datagram-stream.subscribe', `(borrow<${outgoing}>)->${pollable}`],
    ]),
  ],
  [
    'wasi:sockets/udp-create-socket',
    new Map([['create-udp-socket', `(${family})->result<own<wasi:sockets/udp.udp-socket>,${errorCode}>`]]),
  ],
];
