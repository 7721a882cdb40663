/** Signatures of wasi:filesystem: see wasi/interfaces.ts. */

const errorCode =
  'enum{access,would-block,already,bad-descriptor,busy,deadlock,quota,exist,file-too-large,illegal-byte-sequence,' +
  'in-progress,interrupted,invalid,io,is-directory,loop,too-many-links,message-size,name-too-long,no-device,' +
  'no-entry,no-lock,insufficient-memory,insufficient-space,not-directory,not-empty,not-recoverable,unsupported,' +
  'no-tty,no-such-device,overflow,not-permitted,pipe,read-only,invalid-seek,text-file-busy,cross-device}';
const datetime = 'record{seconds:u64,nanoseconds:u32}';
const newTimestamp = `variant{no-change,now,timestamp(${datetime})}`;
const descriptorType = 'enum{unknown,block-device,character-device,directory,fifo,symbolic-link,regular-file,socket}';
const stat =
  `record{type:${descriptorType},link-count:u64,size:u64,data-access-timestamp:option<${datetime}>,` +
  `data-modification-timestamp:option<${datetime}>,status-change-timestamp:option<${datetime}>}`;
const descriptorFlags = 'flags{read,write,file-integrity-sync,data-integrity-sync,requested-write-sync,mutate-directory}';
const openFlags = 'flags{create,directory,exclusive,truncate}';
const pathFlags = 'flags{symlink-follow}';
const metadataHash = 'record{lower:u64,upper:u64}';
const self = 'borrow<wasi:filesystem/types.descriptor>';

export const filesystemInterfaces: readonly (readonly [iface: string, functions: ReadonlyMap<string, string>])[] = [
  [
    'wasi:filesystem/types',
    new Map([
      ['[method]descriptor.read-via-stream', `(${self},u64)->result<own<wasi:io/streams.input-stream>,${errorCode}>`],
      ['[method]descriptor.write-via-stream', `(${self},u64)->result<own<wasi:io/streams.output-stream>,${errorCode}>`],
      ['[method]descriptor.append-via-stream', `(${self})->result<own<wasi:io/streams.output-stream>,${errorCode}>`],
      [
        '[method]descriptor.advise',
        `(${self},u64,u64,enum{normal,sequential,random,will-need,dont-need,no-reuse})->result<_,${errorCode}>`,
      ],
      ['[method]descriptor.sync-data', `(${self})->result<_,${errorCode}>`],
      ['[method]descriptor.get-flags', `(${self})->result<${descriptorFlags},${errorCode}>`],
      ['[method]descriptor.get-type', `(${self})->result<${descriptorType},${errorCode}>`],
      ['[method]descriptor.set-size', `(${self},u64)->result<_,${errorCode}>`],
      ['[method]descriptor.set-times', `(${self},${newTimestamp},${newTimestamp})->result<_,${errorCode}>`],
      ['[method]descriptor.read', `(${self},u64,u64)->result<tuple<list<u8>,bool>,${errorCode}>`],
      ['[method]descriptor.write', `(${self},list<u8>,u64)->result<u64,${errorCode}>`],
      ['[method]descriptor.read-directory', `(${self})->result<own<wasi:filesystem/types.directory-entry-stream>,${errorCode}>`],
      ['[method]descriptor.sync', `(${self})->result<_,${errorCode}>`],
      ['[method]descriptor.create-directory-at', `(${self},string)->result<_,${errorCode}>`],
      ['[method]descriptor.stat', `(${self})->result<${stat},${errorCode}>`],
      ['[method]descriptor.stat-at', `(${self},${pathFlags},string)->result<${stat},${errorCode}>`],
      ['[method]descriptor.set-times-at', `(${self},${pathFlags},string,${newTimestamp},${newTimestamp})->result<_,${errorCode}>`],
      ['[method]descriptor.link-at', `(${self},${pathFlags},string,${self},string)->result<_,${errorCode}>`],
      [
        '[method]descriptor.open-at',
        `(${self},${pathFlags},string,${openFlags},${descriptorFlags})->result<own<wasi:filesystem/types.descriptor>,${errorCode}>`,
      ],
      ['[method]descriptor.readlink-at', `(${self},string)->result<string,${errorCode}>`],
      ['[method]descriptor.remove-directory-at', `(${self},string)->result<_,${errorCode}>`],
      ['[method]descriptor.rename-at', `(${self},string,${self},string)->result<_,${errorCode}>`],
      ['[method]descriptor.symlink-at', `(${self},string,string)->result<_,${errorCode}>`],
      ['[method]descriptor.unlink-file-at', `(${self},string)->result<_,${errorCode}>`],
      ['[method]descriptor.is-same-object', `(${self},${self})->bool`],
      ['[method]descriptor.metadata-hash', `(${self})->result<${metadataHash},${errorCode}>`],
      ['[method]descriptor.metadata-hash-at', `(${self},${pathFlags},string)->result<${metadataHash},${errorCode}>`],
      [
        '[method]directory-entry-stream.read-directory-entry',
        `(borrow<wasi:filesystem/types.directory-entry-stream>)->result<option<record{type:${descriptorType},name:string}>,${errorCode}>`,
      ],
      ['filesystem-error-code', `(borrow<wasi:io/error.error>)->option<${errorCode}>`],
    ]),
  ],
  ['wasi:filesystem/preopens', new Map([['get-directories', '()->list<tuple<own<wasi:filesystem/types.descriptor>,string>>']])],
];
