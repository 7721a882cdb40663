/** The settings of keys, of the audit log and of how the gateway is reached, as settings.ts has the others. Data only. */
import { Type } from 'typebox';

export const keys = {
  BANTAM_ADMIN_KEY: Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{16,512}$',
      expected: '16 to 512 visible ASCII characters',
      secret: true,
      description: "The operator's own key, which may do everything. Needed to listen beyond loopback.",
    }),
  ),
  BANTAM_KEEP_AUDIT_MS: Type.Integer({
    unit: 'ms',
    minimum: 1_000,
    maximum: 31_536_000_000,
    default: 7_776_000_000,
    description: 'Age of entries of the audit log, and time since keys were revoked or expired, past which they are deleted.',
  }),
};

export const transport = {
  BANTAM_TLS_CERT: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'File with the certificate chain (PEM) of the HTTP server, which then speaks TLS. With BANTAM_TLS_KEY.',
    }),
  ),
  BANTAM_TLS_KEY: Type.Optional(Type.String({ minLength: 1, description: 'File with the private key (PEM) of BANTAM_TLS_CERT.' })),
  BANTAM_TRUSTED_PROXIES: Type.String({
    default: '',
    description:
      'Proxies whose X-Forwarded-For, -Host and -Proto are believed: addresses and CIDR ranges, separated by commas; also loopback, linklocal, uniquelocal. Empty: none.',
  }),
};
