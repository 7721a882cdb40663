/** The control API of versions: list them, look, and get what was published. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { decodeAssets } from '../../contracts/assets.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionVersion } from '../../contracts/function.ts';
import { parseVersionNumber } from '../../contracts/names.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import { writeTar } from '../publish/assets/tar-writer.ts';
import { type NameParams, noFunction, showFunction, ShownFunction } from './function-view.ts';
import { functionIn, InNamespace, inNamespace } from './in-namespace.ts';

export interface VersionRoutesOptions {
  readonly registry: Pick<FunctionRegistry, 'version' | 'versions' | 'moduleBytes' | 'assetBytes'>;
}

const VersionList = Type.Object({
  versions: Type.Array(ShownFunction),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Paging = Type.Object({
  ...inNamespace,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,8}$', description: '`next` of the page before' })),
});
interface OfOne {
  readonly Params: NameParams & { readonly version: string };
}

export function versionRoutes(app: FastifyInstance, { registry }: VersionRoutesOptions): void {
  const tags = ['functions'];

  app.get<{ Params: NameParams; Querystring: Static<typeof Paging> }>(
    '/api/functions/:name/versions',
    {
      config: { access: 'read' },
      schema: {
        summary: 'List the versions of a function, newest first',
        tags,
        querystring: Paging,
        response: { 200: VersionList },
      },
    },
    async (request) => {
      const name = functionIn(request);
      const { items, next } = await registry.versions(name, request.query.limit ?? 100, request.query.after);
      if (items.length === 0 && request.query.after === undefined) throw noFunction(name);
      return { versions: items.map((version) => showFunction(request, version)), next };
    },
  );

  app.get<OfOne>(
    '/api/functions/:name/versions/:version',
    { config: { access: 'read' }, schema: { summary: 'Show a version', tags, querystring: InNamespace, response: { 200: ShownFunction } } },
    async (request) => showFunction(request, await findVersion(registry, request)),
  );

  app.get<OfOne>(
    '/api/functions/:name/versions/:version/module',
    {
      config: { access: 'read' },
      schema: { summary: 'The bytes that were published', tags, querystring: InNamespace, produces: ['application/wasm'] },
    },
    async (request, reply) => {
      const version = await findVersion(registry, request);
      const bytes = await registry.moduleBytes(version.digest);
      if (bytes === undefined) throw noFunction(version.name);
      return reply.header('content-type', 'application/wasm').header('etag', `"${version.digest}"`).send(bytes);
    },
  );

  app.get<OfOne>(
    '/api/functions/:name/versions/:version/assets',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The files that were published with it, as a tar archive',
        tags,
        querystring: InNamespace,
        produces: ['application/x-tar'],
      },
    },
    async (request, reply) => {
      const { name, version, assets } = await findVersion(registry, request);
      if (assets === undefined) throw new BantamError('ASSETS_NOT_FOUND', `${name}@${version} was published without assets`);
      const pack = await registry.assetBytes(assets.digest);
      if (pack === undefined) throw noFunction(name);
      const archive = Readable.from(writeTar(decodeAssets(pack)), { objectMode: false });
      return reply.header('content-type', 'application/x-tar').header('etag', `"${assets.digest}"`).send(archive);
    },
  );
}

async function findVersion(
  registry: VersionRoutesOptions['registry'],
  request: { readonly params: OfOne['Params']; readonly query: unknown },
): Promise<FunctionVersion> {
  const name = functionIn(request);
  const number = parseVersionNumber(request.params.version);
  const version = await registry.version(name, number);
  if (version === undefined) throw new BantamError('VERSION_NOT_FOUND', `there is no function "${name}" with version ${number}`);
  return version;
}
