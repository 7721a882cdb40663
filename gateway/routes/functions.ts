/** The control API of functions: publish, configure, look, delete. */
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { FunctionConfig } from '../../contracts/function.ts';
import { qualifiedNamePattern } from '../../contracts/names.ts';
import { AliasPointer, toPointer } from '../../contracts/release.ts';
import type { Published } from '../../registry/port.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import { permitDestinations } from '../auth/references.ts';
import { takeAnyType } from '../plugins/any-type.ts';
import { parseConfigChange } from '../publish/config.ts';
import type { Publisher } from '../publish/publisher.ts';
import { maxConfigBytes, maxFileBytes, readUpload, type UploadLimits } from '../publish/upload.ts';
import { type NameParams, noFunction, pathOfFunction, showFunction, ShownFunction } from './function-view.ts';
import { functionIn, InNamespace, namedIn, namespacesIn, ofNamespaces } from './in-namespace.ts';

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

const PublishedFunction = Type.Object({
  ...ShownFunction.properties,
  live: Type.Unsafe<AliasPointer>({ ...AliasPointer, description: 'What calls of this function get.' }),
});
const FunctionList = Type.Object({
  functions: Type.Array(ShownFunction),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Paging = Type.Object({
  ...ofNamespaces,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ pattern: qualifiedNamePattern, description: '`next` of the page before' })),
});

export async function functionRoutes(app: FastifyInstance, options: FunctionRoutesOptions): Promise<void> {
  const { registry, publisher, limits, onChange, onPublish, afterPublish } = options;
  const tags = ['functions'];

  const published = async (request: FastifyRequest, { created, version, live }: Published): Promise<[number, object]> => {
    onChange(version.name);
    onPublish(created ? 'created' : 'unchanged');
    if (created) await afterPublish(version.name);
    return [created ? 201 : 200, { ...showFunction(request, version), live: toPointer(live) }];
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
        config: { access: 'deploy' },
        bodyLimit: limits.maxModuleBytes + maxFileBytes(limits) + 1_048_576,
        schema: {
          summary: 'Publish a module as a new version',
          description:
            'The raw module as body, or multipart/form-data with parts `module`, `config` (JSON) and `assets` (a .tar or .tar.gz of files).',
          tags,
          consumes: ['application/wasm', 'multipart/form-data'],
          querystring: InNamespace,
          response: { 200: PublishedFunction, 201: PublishedFunction },
        },
      },
      async (request, reply) => {
        const name = functionIn(request);
        const { principal } = request;
        const publish = async (): Promise<Published> => {
          const upload = await readUpload(request, limits);
          permitDestinations(principal, name, upload.config);
          return publisher.publish(name, upload, principal.name);
        };
        const [status, body] = await published(request, await counted(publish()));
        return reply.code(status).header('location', pathOfFunction(name)).send(body);
      },
    );
  });

  app.patch<{ Params: NameParams }>(
    '/api/functions/:name',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Change the configuration: a new version of the same module and assets',
        tags,
        querystring: InNamespace,
        body: Type.Unsafe<unknown>(FunctionConfig),
        response: { 200: PublishedFunction, 201: PublishedFunction },
      },
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const name = functionIn(request);
      const change = parseConfigChange(request.body);
      permitDestinations(request.principal, name, change);
      const [status, body] = await published(request, await counted(publisher.reconfigure(name, change, request.principal.name)));
      return reply.code(status).send(body);
    },
  );

  app.get<{ Querystring: Static<typeof Paging> }>(
    '/api/functions',
    {
      config: { access: 'read' },
      schema: {
        summary: 'List the functions, each with its latest version',
        tags,
        querystring: Paging,
        response: { 200: FunctionList },
      },
    },
    async (request) => {
      const namespace = namespacesIn(request.query);
      const { items, next } = await registry.functions(namespace, request.query.limit ?? 100, namedIn(namespace, request.query.after));
      return { functions: items.map((version) => showFunction(request, version)), next };
    },
  );

  app.get<{ Params: NameParams }>(
    '/api/functions/:name',
    {
      config: { access: 'read' },
      schema: { summary: 'Show a function: its latest version', tags, querystring: InNamespace, response: { 200: ShownFunction } },
    },
    async (request) => {
      const name = functionIn(request);
      const latest = await registry.latest(name);
      if (latest === undefined) throw noFunction(name);
      return showFunction(request, latest);
    },
  );

  app.delete<{ Params: NameParams }>(
    '/api/functions/:name',
    {
      config: { access: 'deploy' },
      schema: { summary: 'Delete a function with all its versions', tags, querystring: InNamespace, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const name = functionIn(request);
      if (!(await registry.remove(name))) throw noFunction(name);
      onChange(name);
      return reply.code(204).send();
    },
  );
}
