/** Answers to cross-origin requests as the Fetch standard asks for them (https://fetch.spec.whatwg.org/#http-cors-protocol). Pure. */
import type { CorsConfig } from '../../contracts/cors.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { FunctionConfig } from '../../contracts/function.ts';

type Header = readonly [name: string, value: string];

/** Those that a page may use anyway, for pages that send JSON. */
const defaultMethods = ['GET', 'HEAD', 'POST'];
const defaultHeaders = ['content-type'];

/** What every answer to a request with an Origin has; the origins that are not listed get nothing of use. */
export function corsHeaders({ origins, credentials }: CorsConfig, origin: string): readonly Header[] {
  if (origins.includes('*')) return [['access-control-allow-origin', '*']];
  const vary: Header = ['vary', 'Origin'];
  if (!origins.includes(origin)) return [vary];
  return [
    vary,
    ['access-control-allow-origin', origin],
    ...(credentials === true ? ([['access-control-allow-credentials', 'true']] as const) : []),
  ];
}

/** What the answer to a preflight has beside these. */
export function preflightHeaders({ methods, headers, maxAgeMs }: CorsConfig): readonly Header[] {
  return [
    ['access-control-allow-methods', (methods ?? defaultMethods).join(', ')],
    ['access-control-allow-headers', (headers ?? defaultHeaders).join(', ')],
    ...(maxAgeMs === undefined ? [] : ([['access-control-max-age', String(Math.floor(maxAgeMs / 1_000))]] as const)),
  ];
}

/** @throws BantamError INVALID_CONFIG: browsers take `*` for nothing where credentials are sent */
export function refuseCors({ cors }: FunctionConfig): void {
  if (cors?.credentials !== true) return;
  for (const member of ['origins', 'methods', 'headers'] as const) {
    if (cors[member]?.includes('*') === true)
      throw new BantamError('INVALID_CONFIG', `cors.${member} must name each one, and not "*", where "credentials" is true`);
  }
}
