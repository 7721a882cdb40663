/** Keys as the API shows them, and the audit log of what was done with them. */
import { type Static, Type } from 'typebox';
import { roles } from './access.ts';
import { functionNamePattern, namespacePattern } from './names.ts';

const DateTime = Type.String({ format: 'date-time' });
const Name = Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]{1,100}$', description: 'For people; shown in history and audit log.' });
const Namespace = Type.String({ pattern: namespacePattern, description: 'The only one it is for. Default: all.' });
const Functions = Type.Array(Type.String({ pattern: functionNamePattern }), {
  minItems: 1,
  maxItems: 1_000,
  description: 'The only functions it is for, without a namespace: that of the key, or the default one. Default: all.',
});

/** What a key is made from. */
export const NewKey = Type.Object(
  {
    name: Name,
    role: Type.Enum([...roles]),
    namespace: Type.Optional(Namespace),
    functions: Type.Optional(Functions),
    expiresAt: Type.Optional(DateTime),
  },
  { additionalProperties: false },
);
export type NewKey = Static<typeof NewKey>;

/** A key without what it is secret by. */
export const Key = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Type.Enum([...roles]),
  namespace: Type.Optional(Type.String()),
  functions: Type.Optional(Type.Array(Type.String())),
  createdAt: DateTime,
  createdBy: Type.String(),
  expiresAt: Type.Optional(DateTime),
  lastUsedAt: Type.Optional(Type.Unsafe<string>({ ...DateTime, description: 'To the minute.' })),
  revokedAt: Type.Optional(DateTime),
});
export type Key = Static<typeof Key>;

/** A control action: any request to /api that is not GET, also one that was refused. */
export const AuditEntry = Type.Object({
  id: Type.String(),
  at: DateTime,
  key: Type.Optional(Type.String({ description: "Id of the key; none: the operator's own, or none was needed or given." })),
  name: Type.Optional(Type.String({ description: 'Name of the key; none: there was no valid one.' })),
  address: Type.String(),
  action: Type.String({ description: 'Method and route, such as PUT /api/functions/:name.' }),
  target: Type.Optional(Type.String({ description: 'What of it: the variable parts of the path, or the id of what was made.' })),
  namespace: Type.Optional(Type.String()),
  status: Type.Integer({ description: 'HTTP status of the answer; 499 when the caller did not wait for it.' }),
  requestId: Type.String(),
});
export type AuditEntry = Static<typeof AuditEntry>;
