/** Whether a gateway may listen as its settings say, and whom it believes. Pure. */
import { isIP } from 'node:net';
import { StartupError } from '../shared/startup-error.ts';

export interface ListeningSettings {
  readonly BANTAM_HOST: string;
  readonly BANTAM_ADMIN_KEY?: string;
  readonly BANTAM_TLS_CERT?: string;
  readonly BANTAM_TLS_KEY?: string;
  readonly BANTAM_TRUSTED_PROXIES: string;
}

/** What the trusted proxies may be named by instead of addresses (@fastify/proxy-addr). */
const namedRanges = ['loopback', 'linklocal', 'uniquelocal'];

/** Only this machine gets there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Before anything is started. @throws StartupError saying what to set */
export function checkListening(settings: ListeningSettings): void {
  const { BANTAM_HOST: host, BANTAM_ADMIN_KEY: adminKey, BANTAM_TLS_CERT: cert, BANTAM_TLS_KEY: key } = settings;
  if ((cert === undefined) !== (key === undefined))
    throw new StartupError(
      `BANTAM_TLS_CERT and BANTAM_TLS_KEY go together: set ${cert === undefined ? 'BANTAM_TLS_CERT' : 'BANTAM_TLS_KEY'}, too`,
    );
  const proxies = trustedProxies(settings.BANTAM_TRUSTED_PROXIES);
  if (adminKey !== undefined) return;
  const advice = 'set BANTAM_ADMIN_KEY, for example to what `openssl rand -hex 24` prints';
  if (!isLoopback(host))
    throw new StartupError(`others than this machine can reach ${host}, and nobody would be asked for a key: ${advice}`);
  if (proxies.length > 0)
    throw new StartupError(`others reach this through BANTAM_TRUSTED_PROXIES, and nobody would be asked for a key: ${advice}`);
}

/** @param list separated by commas. @returns as Fastify's trustProxy takes them. @throws StartupError naming what is neither address nor range */
export function trustedProxies(list: string): readonly string[] {
  const proxies = list
    .split(',')
    .map((proxy) => proxy.trim())
    .filter((proxy) => proxy !== '');
  const wrong = proxies.find((proxy) => !namedRanges.includes(proxy) && !isRange(proxy));
  if (wrong !== undefined)
    throw new StartupError(
      `BANTAM_TRUSTED_PROXIES: ${JSON.stringify(wrong)} is no address, no CIDR range, and none of ${namedRanges.join(', ')}`,
    );
  return proxies;
}

function isRange(text: string): boolean {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0) return false;
  return prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128));
}
