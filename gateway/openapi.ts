/** The OpenAPI document: what routes say of themselves, and what they ask for. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

const schemes = {
  key: { type: 'http', scheme: 'bearer', description: 'A key: `Authorization: Bearer bk_...`. `X-Api-Key: bk_...` says the same.' },
} as const;

/** Operations have `x-bantam-access`: what their key must be good for (config.access of the route). */
export function openApi(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Bantam', version, description: 'A .wasm file uploaded with one curl is an HTTP function.' },
      components: { securitySchemes: schemes },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access;
      const security = access === 'open' ? [] : [{ key: [] }];
      return { url, schema: { ...schema, security, 'x-bantam-access': access } };
    },
  };
}
