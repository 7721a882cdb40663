/** Aliases and releases: what a name such as `live` or `canary` points to, and the history of it. */
import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { aliasPattern, functionNamePattern } from './names.ts';

/** Always the newest version; no row of the registry. */
export const latestAlias = 'latest';
/** What a call without a version or alias gets. */
export const defaultAlias = 'live';

const VersionNumber = Type.Integer({ minimum: 1, maximum: 999_999_999 });

/** By what a caller is recognised, so that the same caller gets the same version of a weighted release. Others get one by chance. */
export const Sticky = Type.Union(
  [
    Type.Object({ by: Type.Literal('address') }, { additionalProperties: false, description: 'The address the connection comes from.' }),
    Type.Object(
      { by: Type.Enum(['header', 'cookie']), name: Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$" }) },
      { additionalProperties: false, description: 'The value of a header or a cookie.' },
    ),
  ],
  { description: 'Recognise callers, so that each keeps the version it got.' },
);
export type Sticky = Static<typeof Sticky>;

/** When a weighted release takes itself back: counted at each gateway, over the calls that got the newest version by this alias. */
export const Guard = Type.Object(
  {
    maxErrorRate: Type.Number({ minimum: 0, maximum: 1, description: 'Share of failed calls past which the newest version is taken out.' }),
    windowMs: Type.Integer({ minimum: 1_000, maximum: 3_600_000, description: 'Milliseconds back that calls count.' }),
    minCalls: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Calls in the window below which nothing is judged.' }),
  },
  { additionalProperties: false, description: 'Take the newest version out by itself when too many of its calls fail.' },
);
export type Guard = Static<typeof Guard>;

/** What PUT of an alias takes: `version`, or `weights` with what may go with them. */
export const AliasChange = Type.Object(
  {
    version: Type.Optional(VersionNumber),
    weights: Type.Optional(
      Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,8}$' }), Type.Integer({ minimum: 0, maximum: 1_000_000 }), {
        additionalProperties: false,
        maxProperties: limits.maxReleaseVersions,
        description:
          'Shares of the calls by version: {"3": 95, "4": 5}. A `live` with weights, be it of one version, is not moved by publishes.',
      }),
    ),
    sticky: Type.Optional(Sticky),
    guard: Type.Optional(Guard),
  },
  { additionalProperties: false },
);
export type AliasChange = Static<typeof AliasChange>;

/** What an alias points to, as the API shows it. */
export const AliasPointer = Type.Object({
  version: Type.Optional(Type.Integer()),
  weights: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  sticky: Type.Optional(Sticky),
  guard: Type.Optional(Guard),
});
export type AliasPointer = Static<typeof AliasPointer>;

/** An alias now. Of `latest`, which nobody sets, only name and version. */
export const Alias = Type.Object({
  alias: Type.String({ pattern: aliasPattern }),
  ...AliasPointer.properties,
  releasedAt: Type.Optional(Type.String({ format: 'date-time' })),
  releasedBy: Type.Optional(Type.String()),
});
export type Alias = Static<typeof Alias>;

export const releaseReasons = ['publish', 'set', 'rollback', 'guard', 'delete', 'migration'] as const;

/** One change of an alias. */
export const Release = Type.Object({
  id: Type.String(),
  function: Type.String({ pattern: functionNamePattern }),
  alias: Type.String(),
  at: Type.String({ format: 'date-time' }),
  by: Type.String({ description: 'Client address; "guard" when a release took itself back.' }),
  reason: Type.Enum([...releaseReasons]),
  from: Type.Optional(Type.Unsafe<AliasPointer>({ ...AliasPointer, description: 'Absent when there was no such alias before.' })),
  to: Type.Optional(Type.Unsafe<AliasPointer>({ ...AliasPointer, description: 'Absent when the alias was deleted.' })),
  detail: Type.Optional(Type.String()),
});
export type Release = Static<typeof Release>;

/** A version and its share of the calls; of a plain pointer there is one. */
export interface Share<V = number> {
  readonly version: V;
  /** A part of the sum of all. */
  readonly weight: number;
}

/** What an alias points to. */
export interface ReleaseState {
  /** Newest version first; at least one, and a weight that is not 0. */
  readonly shares: readonly Share[];
  /** Whether weights were given, be it for one version: a publish does not move it then. */
  readonly weighted: boolean;
  readonly sticky: Sticky | undefined;
  /** Only where there are two versions at least. */
  readonly guard: Guard | undefined;
}

/** @returns the state of an alias that points to one version, and of `live` follows publishes */
export function plainState(version: number): ReleaseState {
  return { shares: [{ version, weight: 1 }], weighted: false, sticky: undefined, guard: undefined };
}

export function toPointer({ shares, weighted, sticky, guard }: ReleaseState): AliasPointer {
  return {
    ...(weighted
      ? { weights: Object.fromEntries(shares.map(({ version, weight }) => [version, weight])) }
      : { version: shares[0]?.version ?? 0 }),
    ...(sticky !== undefined && { sticky }),
    ...(guard !== undefined && { guard }),
  };
}
