/** Tells what a file is from its first bytes: a core module, a component, or what else it looks like. Pure. */

export type FileFormat =
  | { readonly format: 'module' }
  | { readonly format: 'component' }
  /** `looksLike` completes "this is ...". */
  | { readonly format: 'other'; readonly looksLike: string };

/** First bytes as latin1. */
const signatures: readonly (readonly [start: string, looksLike: string])[] = [
  ['\x1f\x8b', 'gzip data; unpack it first'],
  ['\x28\xb5\x2f\xfd', 'zstd data; unpack it first'],
  ['PK\x03\x04', 'a zip archive; unpack it first'],
  ['\x7fELF', 'a native ELF binary; compile for a wasm32 target'],
  ['\xcf\xfa\xed\xfe', 'a native Mach-O binary; compile for a wasm32 target'],
  ['MZ', 'a Windows binary; compile for a wasm32 target'],
  ['!<arch>', 'a static library (ar archive); link it first'],
  ['BC\xc0\xde', 'LLVM bitcode; link it first'],
  ['AGFzbQ', 'base64 text; decode it first'],
  ['#!', 'a script'],
];

const texts: readonly (readonly [pattern: RegExp, looksLike: string])[] = [
  [/^\((module|component)\b|^\(;|^;;/, 'WebAssembly text (WAT); translate it with wat2wasm first'],
  [/^<(!doctype|html|\?xml|head|body)/i, 'HTML or XML, perhaps the error page of a download'],
  [/^[{[]/, 'JSON'],
  [/^--[^\r\n]+\r?\ncontent-disposition:/i, 'a multipart body; its content-type header is missing'],
];

/**
 * @param bytes the whole file or at least its first 512 bytes
 * @returns `module` for version 1 of layer 0, `component` for layer 1 of any version (component model, "Binary Format")
 */
export function identify(bytes: Uint8Array): FileFormat {
  if (bytes.length === 0) return other('an empty file');
  const head = latin1(bytes.subarray(0, 512));
  if (head.startsWith('\0asm')) return identifyVersion(head);
  if ('\0asm'.startsWith(head)) return other('a WebAssembly file cut off within its first 4 bytes');
  for (const [start, looksLike] of signatures) if (head.startsWith(start)) return other(looksLike);
  const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  for (const [pattern, looksLike] of texts) if (pattern.test(text)) return other(looksLike);
  return other(`a file that begins with the bytes ${hex(bytes.subarray(0, 4))}`);
}

function identifyVersion(head: string): FileFormat {
  if (head.length < 8) return other('a WebAssembly file cut off within its first 8 bytes');
  if (head.startsWith('\x01\0\0\0', 4)) return { format: 'module' };
  if (head.startsWith('\x01\0', 6)) return { format: 'component' };
  return other('a WebAssembly file of an unknown version');
}

function other(looksLike: string): FileFormat {
  return { format: 'other', looksLike };
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
