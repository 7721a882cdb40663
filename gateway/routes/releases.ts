/** The control API of releases: aliases, rollback, history, and the versions that nobody needs any more. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { BantamError } from '../../contracts/errors.ts';
import { parseAliasName, parseVersionNumber } from '../../contracts/names.ts';
import { Alias, AliasChange, latestAlias, Release } from '../../contracts/release.ts';
import type { FunctionRegistry } from '../../registry/registry.ts';
import { parseAliasChange } from '../releases/parse.ts';
import { functionIn, InNamespace, inNamespace, namespaceMember, shown } from './in-namespace.ts';

export interface ReleaseRoutesOptions {
  readonly registry: FunctionRegistry;
  /** Called when this gateway changed a function, before it answers. */
  readonly onChange: (name: string) => void;
  /** Told of every alias that was moved here. */
  readonly onRelease: (release: Release) => void;
}

const AliasList = Type.Object({ aliases: Type.Array(Alias) });
const ShownRelease = Type.Object({ ...Release.properties, ...namespaceMember });
const ReleaseList = Type.Object({
  releases: Type.Array(ShownRelease),
  next: Type.Optional(Type.String({ description: '`after` of the next page' })),
});
const Paging = Type.Object({
  ...inNamespace,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: '`next` of the page before' })),
});
interface NameParams {
  readonly name: string;
}
interface AliasParams extends NameParams {
  readonly alias: string;
}
interface VersionParams extends NameParams {
  readonly version: string;
}

export function releaseRoutes(app: FastifyInstance, { registry, onChange, onRelease }: ReleaseRoutesOptions): void {
  const tags = ['releases'];

  const released = (release: Release): Static<typeof ShownRelease> => {
    onChange(release.function);
    onRelease(release);
    return shown(release);
  };
  const aliasOf = async (name: string, alias: string): Promise<Alias> => {
    const found = (await aliasesOf(name)).find((one) => one.alias === alias);
    if (found === undefined) throw new BantamError('ALIAS_NOT_FOUND', `there is no function "${name}" with an alias "${alias}"`);
    return found;
  };
  const aliasesOf = async (name: string): Promise<readonly Alias[]> => {
    const aliases = await registry.aliases(name);
    if (aliases.length === 0) throw noFunction(name);
    return aliases;
  };

  app.get<{ Params: NameParams }>(
    '/api/functions/:name/aliases',
    {
      config: { access: 'read' },
      schema: {
        summary: 'List the aliases of a function: latest, then by name',
        tags,
        querystring: InNamespace,
        response: { 200: AliasList },
      },
    },
    async (request) => ({ aliases: await aliasesOf(functionIn(request)) }),
  );

  app.get<{ Params: AliasParams }>(
    '/api/functions/:name/aliases/:alias',
    { config: { access: 'read' }, schema: { summary: 'Show an alias', tags, querystring: InNamespace, response: { 200: Alias } } },
    async (request) => aliasOf(functionIn(request), parseAliasName(request.params.alias)),
  );

  app.put<{ Params: AliasParams }>(
    '/api/functions/:name/aliases/:alias',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Point an alias to a version, or share its calls among several',
        description: 'Calls of /fn/{name}:{alias} go there from now on, at every gateway; `live` is what calls of /fn/{name} get.',
        tags,
        querystring: InNamespace,
        body: Type.Unsafe<unknown>(AliasChange),
        response: { 200: Alias },
      },
      // Said in our own words by parseAliasChange.
      validatorCompiler: () => () => true,
    },
    async ({ params, query, body, principal }) => {
      const name = functionIn({ params, query });
      const alias = parseAliasName(params.alias);
      if (alias === latestAlias) throw new BantamError('ALIAS_RESERVED', `"${latestAlias}" is always the newest version`);
      const release = await registry.setAlias({ name, alias, by: principal.name }, parseAliasChange(body));
      if (release !== undefined) released(release);
      return aliasOf(name, alias);
    },
  );

  app.delete<{ Params: AliasParams }>(
    '/api/functions/:name/aliases/:alias',
    {
      config: { access: 'deploy' },
      schema: { summary: 'Delete an alias', tags, querystring: InNamespace, response: { 204: Type.Null() } },
    },
    async ({ params, query, principal }, reply) => {
      const name = functionIn({ params, query });
      const alias = parseAliasName(params.alias);
      if (alias === latestAlias) throw new BantamError('ALIAS_RESERVED', `"${latestAlias}" is always the newest version`);
      released(await registry.deleteAlias({ name, alias, by: principal.name }));
      return reply.code(204).send();
    },
  );

  app.post<{ Params: NameParams }>(
    '/api/functions/:name/rollback',
    {
      config: { access: 'deploy' },
      schema: {
        summary: 'Point `live` back to what it pointed to before; again: to what it pointed to before that',
        tags,
        querystring: InNamespace,
        response: { 200: ShownRelease },
      },
    },
    async (request) => released(await registry.rollback(functionIn(request), request.principal.name)),
  );

  app.get<{ Params: NameParams; Querystring: Static<typeof Paging> }>(
    '/api/functions/:name/releases',
    {
      config: { access: 'read' },
      schema: {
        summary: 'List what the aliases of a function pointed to, newest first',
        tags,
        querystring: Paging,
        response: { 200: ReleaseList },
      },
    },
    async ({ params, query }) => {
      const name = functionIn({ params, query });
      const { items, next } = await registry.releases(name, query.limit ?? 100, query.after);
      if (items.length === 0 && (await registry.latest(name)) === undefined) throw noFunction(name);
      return { releases: items.map(shown), next };
    },
  );

  app.delete<{ Params: VersionParams }>(
    '/api/functions/:name/versions/:version',
    {
      config: { access: 'deploy' },
      schema: { summary: 'Delete a version that no alias points to', tags, querystring: InNamespace, response: { 204: Type.Null() } },
    },
    async ({ params, query }, reply) => {
      const name = functionIn({ params, query });
      await registry.deleteVersion(name, parseVersionNumber(params.version));
      onChange(name);
      return reply.code(204).send();
    },
  );
}

function noFunction(name: string): BantamError {
  return new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
}
