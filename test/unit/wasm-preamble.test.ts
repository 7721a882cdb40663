import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { identify } from '../../wasm/preamble.ts';
import { binary } from '../support/modules.ts';

test('tells core modules from components', () => {
  assert.equal(identify(binary()).format, 'module');
  assert.equal(identify(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)).format, 'component');
});

const others: readonly (readonly [fact: string, bytes: Uint8Array, looksLike: RegExp])[] = [
  ['an empty file', new Uint8Array(), /empty/],
  ['text format', Buffer.from(';; hello\n(module)'), /WAT/],
  ['text format behind blanks', Buffer.from('\ufeff \n(module $x)'), /WAT/],
  ['gzip', gzipSync(binary()), /gzip/],
  ['an ELF binary', Buffer.from('\x7fELF\x02'), /ELF/],
  ['HTML', Buffer.from('<!DOCTYPE html>'), /HTML/],
  ['JSON', Buffer.from('{"a":1}'), /JSON/],
  ['base64', Buffer.from(Buffer.from(binary()).toString('base64')), /base64/],
  ['a multipart body', Buffer.from('--x\r\nContent-Disposition: form-data; name="module"'), /multipart/],
  ['half a magic number', Uint8Array.of(0, 0x61), /first 4 bytes/],
  ['half a version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1), /first 8 bytes/],
  ['an unknown version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), /unknown version/],
  ['anything else by its bytes', Uint8Array.of(0xde, 0xad), /de ad/],
];
for (const [fact, bytes, looksLike] of others) {
  test(`recognises ${fact}`, () => {
    const file = identify(bytes);
    assert.equal(file.format, 'other');
    assert.match(file.looksLike, looksLike);
  });
}
