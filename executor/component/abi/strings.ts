/** Strings in the three encodings. CanonicalABI.md, "Loading" (load_string_from_range) and "Storing" (store_string_into_range). */
import type { StringEncoding } from '../../../component/plan.ts';
import { type Context, maxValueBytes } from '../context.ts';
import { fail } from '../faults.ts';
import type { Abi } from './abi.ts';
import { pointerPair, type Range } from './pair.ts';

/** Marks a length as counting UTF-16 code units in the encoding latin1+utf16. */
const utf16Tag = 0x8000_0000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
/** Below this a loop is faster than the decoder. */
const short = 16;

export const stringAbi: Abi = pointerPair(48, load, store);

function load(c: Context, pointer: number, length: number): string {
  if (c.encoding === 'utf8') return loadUtf8(c, pointer, length);
  const wide = c.encoding === 'utf16' || length >= utf16Tag;
  const units = c.encoding === 'utf16' || !wide ? length : length - utf16Tag;
  const size = wide ? units * 2 : units;
  const part = range(c, pointer, size, 2);
  if (!wide) return Buffer.from(part.buffer, part.byteOffset, size).toString('latin1');
  try {
    return utf16.decode(part);
  } catch {
    return fail(c.state, 'invalid UTF-16 in a string');
  }
}

function range(c: Context, pointer: number, size: number, align: number): Uint8Array {
  if (size > maxValueBytes) fail(c.state, `a string of ${size} bytes is too long: at most ${maxValueBytes}`);
  c.check(pointer, size, align);
  c.spend(size * 2);
  return c.bytes.subarray(pointer, pointer + size);
}

function loadUtf8(c: Context, pointer: number, size: number): string {
  const part = range(c, pointer, size, 1);
  if (size < short) {
    const ascii = shortAscii(part);
    if (ascii !== undefined) return ascii;
  }
  try {
    return utf8.decode(part);
  } catch {
    return fail(c.state, 'invalid UTF-8 in a string');
  }
}

function shortAscii(part: Uint8Array): string | undefined {
  let text = '';
  for (const byte of part) {
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** How the string was encoded before: latin1+utf16 is one or the other for each string. */
type Source = StringEncoding | 'latin1';

function store(c: Context, value: unknown): Range {
  if (typeof value !== 'string') throw new TypeError('expected a string');
  const source = sourceOf(c, value);
  if (c.encoding === 'utf8') return source === 'utf8' ? copyUtf8(c, value) : transcodeToUtf8(c, value, source === 'latin1' ? 2 : 3);
  // Half a surrogate pair is no character; encoding as UTF-8 does the same.
  const text = value.toWellFormed();
  if (c.encoding === 'utf16') return source === 'utf8' ? transcodeToUtf16(c, text) : copyUtf16(c, text, 0);
  if (source === 'latin1') return copyLatin1(c, text);
  if (source === 'latin1+utf16') return copyUtf16(c, text, utf16Tag);
  return transcodeToEither(c, text, source === 'utf8' ? Buffer.byteLength(text) : text.length);
}

function sourceOf(c: Context, text: string): Source {
  return c.source === 'latin1+utf16' && isLatin1(text) ? 'latin1' : c.source;
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

/** "store_string_copy" to UTF-8. */
function copyUtf8(c: Context, text: string): Range {
  const size = Buffer.byteLength(text);
  const pointer = c.room(size, 1);
  if (size === text.length && size < short) for (let i = 0; i < size; i++) c.bytes[pointer + i] = text.charCodeAt(i);
  else encoder.encodeInto(text, c.bytes.subarray(pointer, pointer + size));
  return { pointer, length: size };
}

/** "store_string_copy" to UTF-16, also of Latin-1. */
function copyUtf16(c: Context, text: string, tag: number): Range {
  const pointer = c.room(text.length * 2, 2);
  writeUtf16(c, pointer, text);
  return { pointer, length: text.length + tag };
}

/** "store_string_copy" to Latin-1. */
function copyLatin1(c: Context, text: string): Range {
  const pointer = c.room(text.length, 2);
  writeLatin1(c, pointer, text);
  return { pointer, length: text.length };
}

/** "store_string_to_utf8": guesses that the string is ASCII, then takes the worst case and gives back the rest. */
function transcodeToUtf8(c: Context, text: string, worstBytes: number): Range {
  const units = text.length;
  let pointer = c.room(units, 1);
  const size = Buffer.byteLength(text);
  if (size > units) {
    const worst = units * worstBytes;
    pointer = grow(c, pointer, units, 1, worst);
    encoder.encodeInto(text, c.bytes.subarray(pointer, pointer + size));
    if (worst > size) pointer = c.realloc(pointer, worst, 1, size);
  } else encoder.encodeInto(text, c.bytes.subarray(pointer, pointer + size));
  return { pointer, length: size };
}

/** "store_utf8_to_utf16". */
function transcodeToUtf16(c: Context, text: string): Range {
  const worst = Buffer.byteLength(text) * 2;
  const size = text.length * 2;
  let pointer = c.room(worst, 2);
  writeUtf16(c, pointer, text);
  if (size < worst) pointer = c.realloc(pointer, worst, 2, size);
  return { pointer, length: text.length };
}

/** "store_string_to_latin1_or_utf16": guesses Latin-1. @param units code units it had before */
function transcodeToEither(c: Context, text: string, units: number): Range {
  let pointer = c.room(units, 2);
  if (isLatin1(text)) {
    writeLatin1(c, pointer, text);
    if (text.length < units) pointer = c.realloc(pointer, units, 2, text.length);
    return { pointer, length: text.length };
  }
  const worst = units * 2;
  const size = text.length * 2;
  pointer = grow(c, pointer, units, 2, worst);
  writeUtf16(c, pointer, text);
  if (size < worst) pointer = c.realloc(pointer, worst, 2, size);
  return { pointer, length: text.length + utf16Tag };
}

function grow(c: Context, pointer: number, oldSize: number, align: number, size: number): number {
  if (size > maxValueBytes) fail(c.state, `a string may need ${size} bytes, at most ${maxValueBytes} are allowed`);
  return c.realloc(pointer, oldSize, align, size);
}

function writeUtf16(c: Context, pointer: number, text: string): void {
  c.bytes.set(Buffer.from(text, 'utf16le'), pointer);
}

function writeLatin1(c: Context, pointer: number, text: string): void {
  c.bytes.set(Buffer.from(text, 'latin1'), pointer);
}
