/** Who may call a function from a web page of another origin: its configuration, checked as far as a schema can. */
import { type Static, Type } from 'typebox';

/** A serialised origin (RFC 6454, section 6.2), or all of them. */
const Origin = Type.String({
  maxLength: 300,
  pattern: '^(\\*|[a-z][a-z0-9+.-]*://(\\[[0-9a-f:.]+\\]|[a-z0-9._-]+)(:[0-9]{1,5})?)$',
});
/** A token of HTTP (RFC 9110, section 5.6.2). `*` is one. */
const Token = Type.String({ maxLength: 100, pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" });

export const CorsConfig = Type.Object(
  {
    origins: Type.Array(Origin, { minItems: 1, maxItems: 100 }),
    methods: Type.Optional(Type.Array(Token, { maxItems: 50 })),
    headers: Type.Optional(Type.Array(Token, { maxItems: 100 })),
    credentials: Type.Optional(Type.Boolean()),
    maxAgeMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
  },
  { additionalProperties: false },
);
export type CorsConfig = Static<typeof CorsConfig>;
