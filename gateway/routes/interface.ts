/** /api/functions/{name}[/versions/{version}]/wit and /types.d.ts: the interface of a component, for those who call it or write against it. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import { parseVersionNumber } from '../../contracts/names.ts';
import { functionIn, InNamespace } from './in-namespace.ts';

/** What these routes ask of the registry. */
export interface VersionReader {
  latest(name: string): Promise<FunctionVersion | undefined>;
  version(name: string, version: number): Promise<FunctionVersion | undefined>;
  moduleBytes(digest: string): Promise<Uint8Array | undefined>;
}

/** Reads a component in a process of its own. */
export interface Describer {
  /** @returns the world of the component in WIT, and TypeScript declarations. @throws BantamError */
  describe(bytes: Uint8Array): Promise<{ readonly wit: string; readonly types: string }>;
}

export interface InterfaceRoutesOptions {
  readonly registry: VersionReader;
  readonly inspector: Describer;
}

interface Params {
  readonly name: string;
  readonly version?: string;
}

interface Named {
  readonly params: Params;
  readonly query: unknown;
}

const documents = [
  { file: 'wit', of: 'wit', summary: 'The interface of a component in WIT' },
  { file: 'types.d.ts', of: 'types', summary: 'The interface of a component in TypeScript' },
] as const;

export async function interfaceRoutes(app: FastifyInstance, { registry, inspector }: InterfaceRoutesOptions): Promise<void> {
  for (const { file, of, summary } of documents) {
    const config = { access: 'read' } as const;
    const schema = { tags: ['functions'], querystring: InNamespace, produces: ['text/plain'] };
    const answer = async (request: Named, reply: FastifyReply): Promise<FastifyReply> => {
      const bytes = await componentOf(registry, request);
      const description = await inspector.describe(bytes);
      return reply.type('text/plain; charset=utf-8').send(description[of]);
    };
    app.get<{ Params: Params }>(`/api/functions/:name/${file}`, { config, schema: { ...schema, summary } }, (request, reply) =>
      answer(request, reply),
    );
    const ofVersion = { ...schema, summary: `${summary}, of a version` };
    app.get<{ Params: Params }>(`/api/functions/:name/versions/:version/${file}`, { config, schema: ofVersion }, (request, reply) =>
      answer(request, reply),
    );
  }
}

/** @throws BantamError INVALID_NAME, FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, INTERFACE_NOT_FOUND for a module that is no component */
async function componentOf(registry: VersionReader, request: Named): Promise<Uint8Array> {
  const { params } = request;
  const name = functionIn(request);
  const number = params.version === undefined ? undefined : parseVersionNumber(params.version);
  const version = await (number === undefined ? registry.latest(name) : registry.version(name, number));
  if (version === undefined) {
    if (number === undefined) throw noFunction(name);
    throw new BantamError('VERSION_NOT_FOUND', `there is no function "${name}" with version ${number}`);
  }
  if (!version.kind.startsWith('component'))
    throw new BantamError('INTERFACE_NOT_FOUND', `"${name}" is a core module (${version.kind}): it has no interface in WIT`);
  const bytes = await registry.moduleBytes(version.digest);
  if (bytes === undefined) throw noFunction(name);
  return bytes;
}

function noFunction(name: string): BantamError {
  return new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
}
