/** Reads an upload: the raw module, or a form with parts `module`, `config` and `assets`. Bounded while it streams. */
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionConfig } from '../../contracts/function.ts';
import { limits } from '../../contracts/limits.ts';
import type { PublishedAssets } from '../../registry/port.ts';
import { type AssetLimits, maxArchiveBytes, readAssets } from './assets/read.ts';
import { parseConfig } from './config.ts';

export interface Upload {
  readonly bytes: Uint8Array;
  readonly config: FunctionConfig;
  readonly assets: PublishedAssets | undefined;
}

export interface UploadLimits {
  readonly maxModuleBytes: number;
  /** Of all files together. */
  readonly maxAssetBytes: number;
}

/** Most bytes of the part `config`. */
export const maxConfigBytes = 65_536;

/** @returns the largest file that a form can have */
export function maxFileBytes(most: UploadLimits): number {
  return Math.max(most.maxModuleBytes, maxArchiveBytes(assetLimits(most)));
}

/** @throws BantamError MODULE_TOO_LARGE, INVALID_REQUEST, INVALID_CONFIG, ASSETS_INVALID, ASSETS_TOO_LARGE */
export async function readUpload(request: FastifyRequest, most: UploadLimits): Promise<Upload> {
  if (request.isMultipart()) return readForm(request, most);
  const { maxModuleBytes } = most;
  if (Number(request.headers['content-length'] ?? 0) > maxModuleBytes) throw tooLarge(maxModuleBytes);
  const body = request.body as Readable | undefined;
  return {
    bytes: body === undefined ? new Uint8Array(0) : await readBytes(body, () => tooLarge(maxModuleBytes), maxModuleBytes),
    config: {},
    assets: undefined,
  };
}

async function readForm(request: FastifyRequest, most: UploadLimits): Promise<Upload> {
  const parts = request.parts();
  try {
    return await readParts(parts, most);
  } catch (error) {
    void discard(parts);
    // Ours, or the plugin's, which problems.ts knows; the parser below it throws plain errors for a form that is none.
    if (error instanceof BantamError || (error instanceof Error && 'statusCode' in error)) throw error;
    throw new BantamError('INVALID_REQUEST', `the form is malformed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Part = MultipartFile | MultipartValue;

async function readParts(parts: AsyncIterator<Part>, most: UploadLimits): Promise<Upload> {
  let bytes: Uint8Array | undefined;
  let config: FunctionConfig | undefined;
  let assets: PublishedAssets | undefined;
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
    const part = next.value;
    if (part.fieldname === 'module' && bytes === undefined) bytes = await readModule(part, most.maxModuleBytes);
    else if (part.fieldname === 'config' && config === undefined) config = parseConfig(await readConfig(part));
    else if (part.fieldname === 'assets' && assets === undefined)
      assets = await readFile(part, (file) => readAssets(file, assetLimits(most)));
    else {
      if (part.type === 'file') discardFile(part.file);
      throw new BantamError(
        'INVALID_REQUEST',
        `the form has a part ${JSON.stringify(part.fieldname)}; it takes one "module", at most one "config" and at most one "assets"`,
      );
    }
  }
  if (bytes === undefined) throw new BantamError('INVALID_REQUEST', 'the form has no part "module"');
  return { bytes, config: config ?? {}, assets };
}

function readModule(part: Part, maxBytes: number): Promise<Uint8Array> {
  return readFile(part, (file) => readBytes(file, () => tooLarge(maxBytes), maxBytes));
}

/** What a refused file still holds is let through: the connection would otherwise stay blocked behind it. */
async function readFile<T>(part: Part, read: (file: Readable) => Promise<T>): Promise<T> {
  const file = fileOf(part);
  try {
    return await read(file);
  } catch (error) {
    discardFile(file);
    throw error;
  }
}

function discardFile(file: Readable): void {
  file.on('data', () => {}).resume();
}

/** As `readFile`, for the parts behind a refused one. */
async function discard(parts: AsyncIterableIterator<Part>): Promise<void> {
  try {
    for await (const part of parts) if (part.type === 'file') discardFile(part.file);
  } catch {
    // The connection ended; why the upload was refused is said already.
  }
}

function fileOf(part: Part): Readable {
  if (part.type === 'file') return part.file;
  const { fieldname } = part;
  throw new BantamError('INVALID_REQUEST', `the part "${fieldname}" is not a file: give it a file name, as in curl -F ${fieldname}=@file`);
}

function assetLimits({ maxAssetBytes }: UploadLimits): AssetLimits {
  return { maxBytes: maxAssetBytes, maxEntries: limits.maxAssetEntries };
}

async function readConfig(part: Part): Promise<unknown> {
  const excess = (): BantamError => new BantamError('INVALID_CONFIG', `the part "config" is larger than ${maxConfigBytes} bytes`);
  if (part.type === 'file')
    return parseJson(Buffer.from(await readFile(part, (file) => readBytes(file, excess, maxConfigBytes))).toString());
  if (part.valueTruncated) throw excess();
  // A field that says that it is JSON has been parsed by the plugin.
  return typeof part.value === 'string' ? parseJson(part.value) : part.value;
}

/** @throws what `excess` makes when more than `maxBytes` come; the stream lives on, for it is the connection */
async function readBytes(stream: Readable, excess: () => BantamError, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw excess();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BantamError('INVALID_CONFIG', `the part "config" is not JSON: ${(error as Error).message}`);
  }
}

function tooLarge(maxModuleBytes: number): BantamError {
  return new BantamError('MODULE_TOO_LARGE', `the module is larger than ${maxModuleBytes} bytes`, { maxBytes: maxModuleBytes });
}
