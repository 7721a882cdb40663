/** The setting of secrets, as settings.ts has the others. Data only. */
import { Type } from 'typebox';

/** 32 bytes: of the last character before the padding only the first 4 bits count. */
const key = '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=';

export const secrets = {
  BANTAM_SECRET_KEY: Type.Optional(
    Type.String({
      pattern: `^${key}(,${key})*$`,
      expected: '32 bytes in base64 (openssl rand -base64 32), or several such keys separated by commas',
      secret: true,
      description:
        'Keys of the secrets in Postgres: the first one encrypts, all decrypt. The same for gateways and workers; without it there are no secrets.',
    }),
  ),
};
