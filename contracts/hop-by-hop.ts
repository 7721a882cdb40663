/** Header fields that are for one connection, or ours: they pass the gateway in neither direction. Pure. */

/** RFC 9110 section 7.6.1, RFC 9112 section 9.6 and what older software still sends. */
const connectionFields = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * @param flat name, value, name, value ...; names in any case
 * @returns whether a field, its name in lower case, ends here: of the connection, named in Connection, or `x-bantam-*`
 */
export function endsHere(flat: readonly string[]): (name: string) => boolean {
  const named = new Set<string>();
  for (let i = 0; i + 1 < flat.length; i += 2) {
    if (flat[i]?.toLowerCase() !== 'connection') continue;
    for (const option of flat[i + 1]?.split(',') ?? []) named.add(option.trim().toLowerCase());
  }
  return (name) => connectionFields.has(name) || named.has(name) || name.startsWith('x-bantam-');
}
