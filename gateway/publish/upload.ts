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

/** @throws BantamError MODULE_TOO_LARGE, INVALID_REQUEST, INVALID_CONFIG */
export async function readUpload(request: FastifyRequest, maxModuleBytes: number): Promise<Upload> {
  if (request.isMultipart()) return readForm(request, maxModuleBytes);
  if (Number(request.headers['content-length'] ?? 0) > maxModuleBytes) throw tooLarge(maxModuleBytes);
  const body = request.body as Readable | undefined;
  return { bytes: body === undefined ? new Uint8Array(0) : await readBytes(body, maxModuleBytes), config: {} };
}

async function readForm(request: FastifyRequest, maxModuleBytes: number): Promise<Upload> {
  let bytes: Uint8Array | undefined;
  let config: FunctionConfig | undefined;
  for await (const part of request.parts()) {
    if (part.fieldname === 'module' && bytes === undefined) bytes = await readPart(part, maxModuleBytes);
    else if (part.fieldname === 'config' && config === undefined) config = parseConfig(parseJson(Buffer.from(await readPart(part, 65_536)).toString()));
    else throw new BantamError('INVALID_REQUEST', `the form has a part ${JSON.stringify(part.fieldname)}; it takes one "module" and at most one "config"`);
  }
  if (bytes === undefined) throw new BantamError('INVALID_REQUEST', 'the form has no part "module"');
  return { bytes, config: config ?? {} };
}

async function readPart(part: MultipartFile | MultipartValue, maxBytes: number): Promise<Uint8Array> {
  return part.type === 'file' ? readBytes(part.file, maxBytes) : Buffer.from(String(part.value));
}

async function readBytes(stream: Readable, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
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
