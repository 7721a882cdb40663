/** Namespaces: functions, schedules and what they make, apart from those of others. No I/O. */
import { type Static, Type } from 'typebox';
import { namespacePattern } from './names.ts';

const Description = Type.String({ maxLength: 1_000, description: 'What it is for, in words.' });

/** What PUT of a namespace takes. */
export const NamespaceChange = Type.Object({ description: Type.Optional(Description) }, { additionalProperties: false });
export type NamespaceChange = Static<typeof NamespaceChange>;

export const Namespace = Type.Object({
  name: Type.String({ pattern: namespacePattern }),
  description: Type.Optional(Description),
  createdAt: Type.String({ format: 'date-time' }),
});
export type Namespace = Static<typeof Namespace>;
