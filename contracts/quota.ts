/** Quotas: what a namespace, or a key, may take of the installation. Every member is optional: without it there is no such limit. No I/O. */
import { type Static, Type } from 'typebox';

const count = { maximum: 1_000_000_000 };

const rate = {
  ratePerSecond: Type.Optional(
    Type.Number({ minimum: 0.001, maximum: 1_000_000, description: 'Calls (/fn and /async) per second, in the long run.' }),
  ),
  burst: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'Calls that may come at once. Default: those of one second, at least one.',
    }),
  ),
};
const concurrency = Type.Optional(Type.Integer({ ...count, minimum: 1, description: 'Synchronous calls in flight at a gateway.' }));
const asyncBacklog = (whose: string) =>
  Type.Optional(Type.Integer({ ...count, minimum: 0, description: `Asynchronous invocations ${whose} that wait for an attempt.` }));

/** Of a namespace. */
export const NamespaceQuota = Type.Object(
  {
    ...rate,
    concurrency,
    functions: Type.Optional(Type.Integer({ ...count, minimum: 0, description: 'Functions.' })),
    storedBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_125_899_906_842_624,
        description: 'Bytes of the modules and assets of all versions; what several have in common counts once.',
      }),
    ),
    asyncBacklog: asyncBacklog('of its functions'),
  },
  { additionalProperties: false, minProperties: 1 },
);

/** Of a key. What is published belongs to its namespace, not to the key. */
export const KeyQuota = Type.Object(
  { ...rate, concurrency, asyncBacklog: asyncBacklog('made with it') },
  { additionalProperties: false, minProperties: 1 },
);

/** Of either. */
export type Quota = Static<typeof NamespaceQuota>;

const Used = Type.Integer({ minimum: 0 });
const usedByKey = { concurrency: Type.Unsafe<number>({ ...Used, description: 'At the gateway that answers.' }), asyncBacklog: Used };

/** What is used of what a key has a quota for, whether it has one or not. */
export const KeyUsage = Type.Object(usedByKey);
export const NamespaceUsage = Type.Object({ ...usedByKey, functions: Used, storedBytes: Used });
export type NamespaceUsage = Static<typeof NamespaceUsage>;

/** Whose a quota is. */
export interface QuotaSubject {
  readonly kind: 'namespace' | 'key';
  /** Name of the namespace, id of the key. */
  readonly id: string;
}
