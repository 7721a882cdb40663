/** A function, its versions and its configuration, as the control API shows them and the registry keeps them. */
import { type Static, Type } from 'typebox';
import { AsyncConfig } from './async.ts';
import { CorsConfig } from './cors.ts';
import { type ModuleKind, moduleKinds } from './kinds.ts';
import { limits } from './limits.ts';
import { qualifiedNamePattern } from './names.ts';
import { SecretReference, secretNamePattern } from './secret.ts';
import type { WitSignature } from './wit.ts';

const ParameterName = Type.String({ minLength: 1, maxLength: 128 });

/** What the publisher may say of a function. Everything has a default, so a bare upload is a whole publish. */
export const FunctionConfig = Type.Object(
  {
    entry: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.maxNameBytes,
        description: 'Export that plain calls run. Default: the export named like the function, else the only one.',
      }),
    ),
    params: Type.Optional(
      Type.Union(
        [Type.Array(ParameterName, { maxItems: 1000 }), Type.Record(Type.String(), Type.Array(ParameterName, { maxItems: 1000 }))],
        {
          description:
            'Names of the parameters of the entry (array), or of each export (object of arrays). Default: the names in the module, else p0, p1 ...',
        },
      ),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400_000, description: 'Milliseconds from the arrival of a call to its answer.' }),
    ),
    memoryBytes: Type.Optional(
      Type.Integer({
        minimum: 65_536,
        maximum: 4_294_967_296,
        description: 'Most linear memory an instance may have, rounded down to pages of 64 KiB.',
      }),
    ),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, maximum: limits.maxConcurrency, description: 'Calls in flight per gateway, past which calls get 429.' }),
    ),
    args: Type.Optional(
      Type.Array(Type.String({ maxLength: 4_096, pattern: '^[^\\u0000]*$' }), {
        maxItems: 1_000,
        description: 'Arguments of a WASI module, after its name and before those of the query.',
      }),
    ),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: '^[^=\\u0000]{1,256}$' }), Type.String({ maxLength: 32_768, pattern: '^[^\\u0000]*$' }), {
        additionalProperties: false,
        description: 'Environment of a WASI module: names without "=", at most 256 characters.',
      }),
    ),
    secrets: Type.Optional(
      Type.Record(Type.String({ pattern: '^[^=\\u0000]{1,256}$' }), Type.String({ pattern: secretNamePattern }), {
        additionalProperties: false,
        maxProperties: limits.maxSecrets,
        description: 'Secrets that a WASI module is given: names of environment variables, each with the name of a secret.',
      }),
    ),
    async: Type.Optional(
      Type.Unsafe<AsyncConfig>({ ...AsyncConfig, description: 'How asynchronous invocations are repeated, and who is told of their end.' }),
    ),
    public: Type.Optional(
      Type.Boolean({ description: 'Whether calls at /fn need no key. Default false; without meaning while no key is asked for at all.' }),
    ),
    cors: Type.Optional(
      Type.Unsafe<CorsConfig>({ ...CorsConfig, description: 'Which web pages of other origins may call it at /fn. Default: none.' }),
    ),
    reuse: Type.Optional(
      Type.Boolean({
        description: 'Keep the instance, and with it its memory, for later calls. Default false: a fresh instance per call.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type FunctionConfig = Static<typeof FunctionConfig>;

const Parameter = Type.Object({
  name: Type.String(),
  /** A core value type; an HTTP call can carry those in `scalarTypes` only. */
  type: Type.String(),
});
export type Parameter = Static<typeof Parameter>;

/** An exported function. Of components the types are texts in WIT syntax, and `wit` has them as data. */
export const ExportSignature = Type.Object({
  name: Type.String(),
  params: Type.Array(Parameter),
  results: Type.Array(Type.String()),
  /** False when a call over HTTP cannot carry its types (v128, references), or it belongs to a language's runtime (`malloc`, `_initialize`): listed all the same. */
  callable: Type.Boolean(),
  wit: Type.Optional(Type.Unsafe<WitSignature>(Type.Object({}, { additionalProperties: true, description: 'The types as data.' }))),
});
export type ExportSignature = Static<typeof ExportSignature>;

/** Limits in force for a version: what its configuration asked for, or the defaults. */
export const EffectiveLimits = Type.Object({
  timeoutMs: Type.Integer(),
  memoryBytes: Type.Integer(),
  concurrency: Type.Integer(),
});
export type EffectiveLimits = Static<typeof EffectiveLimits>;

/** What the analysis of a module says; kept with the version. */
export interface ModuleAnalysis {
  readonly kind: ModuleKind;
  readonly exports: readonly ExportSignature[];
  /** What the module asks of the host, in words; empty for a module without imports. */
  readonly needs: readonly string[];
}

/** The files published with a version. */
export const AssetSummary = Type.Object({
  digest: Type.String({ description: 'sha256 of the files with their names, lower-case hex' }),
  entries: Type.Integer(),
  sizeBytes: Type.Integer({ description: 'bytes of all contents, equal ones counted once' }),
});
export type AssetSummary = Static<typeof AssetSummary>;

/** An immutable version of a function, by its qualified name. */
export const FunctionVersion = Type.Object({
  name: Type.String({ pattern: qualifiedNamePattern }),
  version: Type.Integer({ minimum: 1 }),
  digest: Type.String({ description: 'sha256 of the uploaded module, lower-case hex' }),
  sizeBytes: Type.Integer(),
  kind: Type.Enum([...moduleKinds]),
  entry: Type.String(),
  exports: Type.Array(ExportSignature),
  needs: Type.Array(Type.String()),
  config: FunctionConfig,
  assets: Type.Optional(AssetSummary),
  secrets: Type.Optional(Type.Array(SecretReference, { description: 'What `config.secrets` leads to now' })),
  limits: EffectiveLimits,
  createdAt: Type.String({ format: 'date-time' }),
});
export type FunctionVersion = Static<typeof FunctionVersion>;
