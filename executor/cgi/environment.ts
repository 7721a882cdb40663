/** What a command is told of its HTTP request: meta-variables and arguments of CGI (RFC 3875, sections 4.1 and 4.4), with the further variables of WAGI. */
import type { GuestRequest } from '../../contracts/request.ts';

/** Never passed on, whatever gateway and configuration say: `Proxy` would become HTTP_PROXY, which HTTP clients take for a setting. */
const dropped = new Set(['proxy', 'authorization', 'proxy-authorization', 'content-type', 'content-length']);

/**
 * @param env of the configuration: wins where a name is in both
 * @returns name and value, in the order in which a guest lists them
 * @see https://www.rfc-editor.org/rfc/rfc3875#section-4.1
 * @see https://github.com/deislabs/wagi/blob/main/docs/environment_variables.md
 */
export function cgiEnvironment(
  request: GuestRequest,
  env: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] {
  const { authority, scheme, scriptName, pathInfo, query } = request;
  const [, host = authority, port] = /^(.*?)(?::(\d*))?$/.exec(authority) ?? [];
  const path = decodePath(pathInfo);
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < request.headers.length; i += 2) {
    const name = request.headers[i] as string;
    const value = utf8(request.headers[i + 1] as string);
    const before = fields.get(name);
    // RFC 9110 5.3: lines of the same name are one list; Cookie is joined by "; " (RFC 6265 5.4).
    fields.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  const variables = new Map<string, string>([
    ['AUTH_TYPE', ''],
    ['CONTENT_LENGTH', request.body.length === 0 ? '' : String(request.body.length)],
    ['CONTENT_TYPE', fields.get('content-type') ?? ''],
    ['GATEWAY_INTERFACE', 'CGI/1.1'],
    ['PATH_INFO', path],
    ['PATH_TRANSLATED', path],
    ['QUERY_STRING', query],
    ['REMOTE_ADDR', request.remoteAddress],
    ['REMOTE_HOST', request.remoteAddress],
    ['REMOTE_USER', ''],
    ['REQUEST_METHOD', request.method],
    ['SCRIPT_NAME', scriptName],
    ['SERVER_NAME', host],
    ['SERVER_PORT', port || (scheme === 'https' ? '443' : '80')],
    ['SERVER_PROTOCOL', `HTTP/${request.httpVersion}`],
    ['SERVER_SOFTWARE', 'Bantam'],
    ['X_FULL_URL', `${scheme}://${authority}${scriptName}${pathInfo}${query === '' ? '' : `?${query}`}`],
    ['X_MATCHED_ROUTE', `${scriptName}/...`],
    ['X_RAW_PATH_INFO', pathInfo],
  ]);
  for (const [name, value] of fields) {
    if (!dropped.has(name)) variables.set(`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value);
  }
  for (const [name, value] of env) variables.set(name, value);
  // A C string ends at NUL: what follows it would be lost or become a variable of its own.
  return [...variables].filter(([name, value]) => !name.includes('\0') && !value.includes('\0'));
}

/**
 * argv: the function's path, the arguments of the configuration, then each pair of the query, decoded, as it stands: `n=42`, `verbose`.
 * (WAGI does the same; RFC 3875 4.4 has only queries without `=`.)
 */
export function cgiArguments({ scriptName, query }: GuestRequest, args: readonly string[]): string[] {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return [scriptName, ...args, ...pairs.map((pair) => decodeForm(pair).replaceAll('\0', ''))];
}

/** @returns the text as it was sent where it is not valid percent-encoded UTF-8 */
function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function decodeForm(text: string): string {
  return decodePath(text.replaceAll('+', ' '));
}

/** Header values arrive as bytes in latin1; guests expect the bytes, and their environment is UTF-8. */
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
