/** What OpenWhisk carries as text and what as base64, by its type. Pure. */

/** Of those that its HTTP library knows (akka-http, MediaTypes.scala), the ones that are not binary. */
const textTypes = /^(?:text\/.+|application\/(?:javascript|json|x-www-form-urlencoded|(?:atom\+|rss\+|soap\+|xhtml\+)?xml))$/;
/** `Exec.isBinaryCode` of OpenWhisk, which then takes text for base64. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/** @param contentType with its parameters; undefined: octets */
export function isTextType(contentType: string | undefined): boolean {
  return textTypes.test(mediaType(contentType));
}

/** JSON texts are carried as base64, too, in some directions: every one of `application/json` and of the types that end in `+json`. */
export function isJsonType(contentType: string | undefined): boolean {
  const type = mediaType(contentType);
  return type === 'application/json' || type.endsWith('+json');
}

/** Whether text is so short, or so odd, that it could be base64. */
export function looksLikeBase64(text: string): boolean {
  return base64.test(text.trim());
}

function mediaType(contentType = 'application/octet-stream'): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
