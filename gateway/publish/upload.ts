/** Reads an upload: the raw module, or a form with parts `module` and `config`. Bounded while it streams. */
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionConfig } from '../../contracts/function.ts';
import { parseConfig } from './config.ts';

export interface Upload {
  readonly bytes: Uint8Array;
  readonly config: FunctionConfig;
}

/** Most bytes of the part `config`. */
export const maxConfigBytes = 65_536;

/** @throws BantamError MODULE_TOO_LARGE, INVALID_REQUEST, INVALID_CONFIG */
export async function readUpload(request: FastifyRequest, maxModuleBytes: number): Promise<Upload> {
  if (request.isMultipart()) return readForm(request, maxModuleBytes);
  if (Number(request.headers['content-length'] ?? 0) > maxModuleBytes) throw tooLarge(maxModuleBytes);
  const body = request.body as Readable | undefined;
  return {
    bytes: body === undefined ? new Uint8Array(0) : await readBytes(body, () => tooLarge(maxModuleBytes), maxModuleBytes),
    config: {},
  };
}

async function readForm(request: FastifyRequest, maxModuleBytes: number): Promise<Upload> {
  try {
    return await readParts(request, maxModuleBytes);
  } catch (error) {
    // Ours, or the plugin's, which problems.ts knows; the parser below it throws plain errors for a form that is none.
    if (error instanceof BantamError || (error instanceof Error && 'statusCode' in error)) throw error;
    throw new BantamError('INVALID_REQUEST', `the form is malformed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readParts(request: FastifyRequest, maxModuleBytes: number): Promise<Upload> {
  let bytes: Uint8Array | undefined;
  let config: FunctionConfig | undefined;
  for await (const part of request.parts()) {
    if (part.fieldname === 'module' && bytes === undefined) bytes = await readModule(part, maxModuleBytes);
    else if (part.fieldname === 'config' && config === undefined) config = parseConfig(await readConfig(part));
    else
      throw new BantamError(
        'INVALID_REQUEST',
        `the form has a part ${JSON.stringify(part.fieldname)}; it takes one "module" and at most one "config"`,
      );
  }
  if (bytes === undefined) throw new BantamError('INVALID_REQUEST', 'the form has no part "module"');
  return { bytes, config: config ?? {} };
}

function readModule(part: MultipartFile | MultipartValue, maxBytes: number): Promise<Uint8Array> {
  if (part.type === 'file') return readBytes(part.file, () => tooLarge(maxBytes), maxBytes);
  throw new BantamError('INVALID_REQUEST', 'the part "module" is not a file: give it a file name, as in curl -F module=@fib.wasm');
}

async function readConfig(part: MultipartFile | MultipartValue): Promise<unknown> {
  const excess = (): BantamError => new BantamError('INVALID_CONFIG', `the part "config" is larger than ${maxConfigBytes} bytes`);
  if (part.type === 'file') return parseJson(Buffer.from(await readBytes(part.file, excess, maxConfigBytes)).toString());
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
