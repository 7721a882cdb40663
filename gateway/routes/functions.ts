/** The control API of functions: publish, configure, look, delete. */
import multipart from '@fastify/multipart';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { decodeAssets } from '../../contracts/assets.ts';
import { BantamError } from '../../contracts/errors.ts';
import { FunctionConfig, FunctionVersion } from '../../contracts/function.ts';
import { functionNamePattern, parseFunctionName, parseVersionNumber } from '../../contracts/names.ts';
import { AliasPointer, toPointer } from '../../contracts/release.ts';
import type { Published } from '../../registry/port.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import { takeAnyType } from '../plugins/any-type.ts';
import { writeTar } from '../publish/assets/tar-writer.ts';
import { parseConfigChange } from '../publish/config.ts';
import type { Publisher } from '../publish/publisher.ts';
import { maxConfigBytes, maxFileBytes, readUpload, type UploadLimits } from '../publish/upload.ts';

export interface FunctionRoutesOptions {
  readonly registry: FunctionRegistry;
  readonly publisher: Publisher;
  readonly limits: UploadLimits;
  /** Called when this gateway changed a function, before it answers. */
  readonly onChange: (name: string) => void;
  /** Told of every publish: created, unchanged, or the error code. */
  readonly onPublish: (outcome: string) => void;
  /** Called after every publish, before it is answered. Never rejects. */
  readonly afterPublish: (name: string) => Promise<void>;
}

const Function = Type.Evaluate(
  Type.Intersect([FunctionVersion, Type.Object({ invokeUrl: Type.String({ description: 'Address at which this function is called' }) })]),
);
const PublishedFunction = Type.Evaluate(
  Type.Intersect([
    Function,
    Type.Object({ live: Type.Unsafe<AliasPointer>({ ...AliasPointer, description: 'What calls of this function get.' }) }),
  ]),
);
const FunctionList = Type.Object({
  functions: Type.Array(Function),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const VersionList = Type.Object({
  versions: Type.Array(Function),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
/** @param mark pattern of `next` */
const paging = (mark: string) =>
  Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    after: Type.Optional(Type.String({ pattern: mark, description: '`next` of the page before' })),
  });
const FunctionPaging = paging(functionNamePattern);
const VersionPaging = paging('^[1-9][0-9]{0,8}$');
type Paging = Static<typeof FunctionPaging>;
interface NameParams {
  readonly name: string;
}

export async function functionRoutes(app: FastifyInstance, options: FunctionRoutesOptions): Promise<void> {
  const { registry, publisher, limits, onChange, onPublish, afterPublish } = options;
  const tags = ['functions'];

  const published = async (request: FastifyRequest, { created, version, live }: Published): Promise<[number, object]> => {
    onChange(version.name);
    onPublish(created ? 'created' : 'unchanged');
    if (created) await afterPublish(version.name);
    return [created ? 201 : 200, { ...view(request, version), live: toPointer(live) }];
  };
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      onPublish(error instanceof BantamError ? error.code : 'INTERNAL');
      throw error;
    }
  };

  await app.register(async (uploads) => {
    takeAnyType(uploads);
    await uploads.register(multipart, { limits: { fileSize: maxFileBytes(limits) + 1, fieldSize: maxConfigBytes, parts: 8 } });
    // Any other body is the module itself, whatever it says of its type; it is read as a stream.
    uploads.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    uploads.removeContentTypeParser(['application/json', 'text/plain']);
    uploads.put<{ Params: NameParams }>(
      '/api/functions/:name',
      {
        bodyLimit: limits.maxModuleBytes + maxFileBytes(limits) + 1_048_576,
        schema: {
          summary: 'Publish a module as a new version',
          description:
            'The raw module as body, or multipart/form-data with parts `module`, `config` (JSON) and `assets` (a .tar or .tar.gz of files).',
          tags,
          consumes: ['application/wasm', 'multipart/form-data'],
          response: { 200: PublishedFunction, 201: PublishedFunction },
        },
      },
      async (request, reply) => {
        const name = parseFunctionName(request.params.name);
        const [status, body] = await published(
          request,
          await counted(readUpload(request, limits).then((upload) => publisher.publish(name, upload, request.ip))),
        );
        return reply.code(status).header('location', `/api/functions/${name}`).send(body);
      },
    );
  });

  app.patch<{ Params: NameParams }>(
    '/api/functions/:name',
    {
      schema: {
        summary: 'Change the configuration: a new version of the same module and assets',
        tags,
        body: Type.Unsafe<unknown>(FunctionConfig),
        response: { 200: PublishedFunction, 201: PublishedFunction },
      },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const name = parseFunctionName(request.params.name);
      const change = parseConfigChange(request.body);
      const [status, body] = await published(request, await counted(publisher.reconfigure(name, change, request.ip)));
      return reply.code(status).send(body);
    },
  );

  app.get<{ Querystring: Paging }>(
    '/api/functions',
    {
      schema: {
        summary: 'List the functions, each with its latest version',
        tags,
        querystring: FunctionPaging,
        response: { 200: FunctionList },
      },
    },
    async (request) => {
      const { items, next } = await registry.functions(request.query.limit ?? 100, request.query.after);
      return { functions: items.map((version) => view(request, version)), next };
    },
  );

  app.get<{ Params: NameParams }>(
    '/api/functions/:name',
    { schema: { summary: 'Show a function: its latest version', tags, response: { 200: Function } } },
    async (request) => {
      const name = parseFunctionName(request.params.name);
      const latest = await registry.latest(name);
      if (latest === undefined) throw noFunction(name);
      return view(request, latest);
    },
  );

  app.get<{ Params: NameParams; Querystring: Paging }>(
    '/api/functions/:name/versions',
    {
      schema: {
        summary: 'List the versions of a function, newest first',
        tags,
        querystring: VersionPaging,
        response: { 200: VersionList },
      },
    },
    async (request) => {
      const name = parseFunctionName(request.params.name);
      const { items, next } = await registry.versions(name, request.query.limit ?? 100, request.query.after);
      if (items.length === 0 && request.query.after === undefined) throw noFunction(name);
      return { versions: items.map((version) => view(request, version)), next };
    },
  );

  app.get<{ Params: NameParams & { version: string } }>(
    '/api/functions/:name/versions/:version',
    { schema: { summary: 'Show a version', tags, response: { 200: Function } } },
    async (request) => view(request, await findVersion(registry, request.params)),
  );

  app.get<{ Params: NameParams & { version: string } }>(
    '/api/functions/:name/versions/:version/module',
    { schema: { summary: 'The bytes that were published', tags, produces: ['application/wasm'] } },
    async (request, reply) => {
      const version = await findVersion(registry, request.params);
      const bytes = await registry.moduleBytes(version.digest);
      if (bytes === undefined) throw noFunction(version.name);
      return reply.header('content-type', 'application/wasm').header('etag', `"${version.digest}"`).send(bytes);
    },
  );

  app.get<{ Params: NameParams & { version: string } }>(
    '/api/functions/:name/versions/:version/assets',
    { schema: { summary: 'The files that were published with it, as a tar archive', tags, produces: ['application/x-tar'] } },
    async (request, reply) => {
      const { name, version, assets } = await findVersion(registry, request.params);
      if (assets === undefined) throw new BantamError('ASSETS_NOT_FOUND', `${name}@${version} was published without assets`);
      const pack = await registry.assetBytes(assets.digest);
      if (pack === undefined) throw noFunction(name);
      const archive = Readable.from(writeTar(decodeAssets(pack)), { objectMode: false });
      return reply.header('content-type', 'application/x-tar').header('etag', `"${assets.digest}"`).send(archive);
    },
  );

  app.delete<{ Params: NameParams }>(
    '/api/functions/:name',
    { schema: { summary: 'Delete a function with all its versions', tags, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const name = parseFunctionName(request.params.name);
      if (!(await registry.remove(name))) throw noFunction(name);
      onChange(name);
      return reply.code(204).send();
    },
  );
}

async function findVersion(registry: FunctionRegistry, params: NameParams & { readonly version: string }): Promise<FunctionVersion> {
  const name = parseFunctionName(params.name);
  const number = parseVersionNumber(params.version);
  const version = await registry.version(name, number);
  if (version === undefined) throw new BantamError('VERSION_NOT_FOUND', `there is no function "${name}" with version ${number}`);
  return version;
}

function view(request: FastifyRequest, version: FunctionVersion): FunctionVersion & { invokeUrl: string } {
  return { ...version, invokeUrl: `${request.protocol}://${request.host}/fn/${version.name}` };
}

function noFunction(name: string): BantamError {
  return new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
}
