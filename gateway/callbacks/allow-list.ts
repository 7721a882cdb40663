/** Which URLs callbacks may go to: what the operator allows, and nothing else. Pure. */
import { isIP } from 'node:net';
import { BantamError } from '../../contracts/errors.ts';
import { ConfigError } from '../../shared/config.ts';
import { isPublicAddress } from './addresses.ts';

/** An entry of BANTAM_CALLBACK_HOSTS. */
export interface AllowedHost {
  /** As URLs have it: lower case, punycode, IPv6 in brackets. */
  readonly hostname: string;
  /** Whether all names below it are meant, and not it. */
  readonly below: boolean;
  readonly port: string;
}

export interface CallbackRules {
  readonly hosts: readonly AllowedHost[];
  /** `whsec_` and the key in base64. */
  readonly secret: string | undefined;
  /** Whether addresses that are not of the public Internet may be called. */
  readonly allowPrivate: boolean;
}

export interface CallbackSettings {
  readonly BANTAM_CALLBACK_HOSTS: string;
  readonly BANTAM_CALLBACK_SECRET?: string;
  readonly BANTAM_CALLBACK_PRIVATE: boolean;
}

const httpsPort = '443';
/** What contracts/async.ts takes of a configuration, too. */
const maxUrlLength = 2_048;

/** @throws ConfigError when an entry is no host, or there are hosts and no secret */
export function callbackRules(settings: CallbackSettings): CallbackRules {
  const { BANTAM_CALLBACK_HOSTS: text, BANTAM_CALLBACK_SECRET: secret, BANTAM_CALLBACK_PRIVATE: allowPrivate } = settings;
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const hosts = entries.map(parseEntry);
  const problems = entries
    .filter((_, i) => hosts[i] === undefined)
    .map(
      (entry) => `BANTAM_CALLBACK_HOSTS: expected hosts like hooks.example.com, *.example.com or host:8443, got ${JSON.stringify(entry)}`,
    );
  if (entries.length > 0 && secret === undefined)
    problems.push(
      'BANTAM_CALLBACK_SECRET: callbacks are signed, so BANTAM_CALLBACK_HOSTS needs it; make one: echo whsec_$(openssl rand -base64 32)',
    );
  if (problems.length > 0) throw new ConfigError(problems);
  return { hosts: hosts.filter((host) => host !== undefined), secret, allowPrivate };
}

/**
 * Says nothing of what a name resolves to: that is checked at each delivery, by lookup.ts.
 * @returns why it may not be called, DESTINATION_NOT_ALLOWED; undefined when it may
 */
export function allowCallback({ hosts, secret, allowPrivate }: CallbackRules, text: string): BantamError | undefined {
  const refuse = (detail: string): BantamError => new BantamError('DESTINATION_NOT_ALLOWED', detail);
  if (hosts.length === 0 || secret === undefined) return refuse('the operator allows no callbacks to URLs: BANTAM_CALLBACK_HOSTS is empty');
  const url = text.length <= maxUrlLength ? URL.parse(text) : null;
  if (url === null) return refuse(`this is not a URL of at most ${maxUrlLength} characters`);
  if (url.protocol !== 'https:') return refuse('callbacks go to https only');
  if (url.username !== '' || url.password !== '') return refuse('a URL for callbacks has no user and no password');
  const port = url.port === '' ? httpsPort : url.port;
  if (!hosts.some((host) => host.port === port && covers(host, url.hostname)))
    return refuse(`the operator does not allow callbacks to ${url.hostname}:${port}`);
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !allowPrivate && !isPublicAddress(address)) return refuse(`${address} is no public address`);
  return undefined;
}

function covers({ hostname, below }: AllowedHost, asked: string): boolean {
  return below ? asked.endsWith(`.${hostname}`) : asked === hostname;
}

/** The URL parser reads it, so that both sides are spelled alike when they are compared. */
function parseEntry(entry: string): AllowedHost | undefined {
  const below = entry.startsWith('*.');
  const rest = below ? entry.slice(2) : entry;
  const url = /[*/@?#\\]/.test(rest) ? null : URL.parse(`https://${rest}`);
  if (url === null || (below && isIP(url.hostname) !== 0)) return undefined;
  return { hostname: url.hostname, below, port: url.port === '' ? httpsPort : url.port };
}
