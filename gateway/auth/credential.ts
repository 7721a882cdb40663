/** Where a request carries its key. Pure. */

export interface CredentialHeaders {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string | string[] | undefined;
}

/** RFC 9110, section 11.4: the scheme in any case. */
const bearer = /^bearer +(\S+) *$/i;

/** @returns what is sent as a key; undefined when nothing is. Other schemes of Authorization are none of ours */
export function credentialOf({ authorization, 'x-api-key': apiKey }: CredentialHeaders): string | undefined {
  const token = authorization === undefined ? undefined : bearer.exec(authorization)?.[1];
  if (token !== undefined) return token;
  return apiKey === undefined || apiKey === '' ? undefined : String(apiKey);
}
