/** Payload of the kinds that get a whole HTTP request (commands, wasi:http). Pure; written by the gateway, read by the executor. */

export interface GuestRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Host and port as the client named them. */
  readonly authority: string;
  /** The path up to and with the function's reference: `/fn/name@3`. */
  readonly scriptName: string;
  /** What follows it, as it was sent (percent-encoded): empty, or from `/` on. */
  readonly pathInfo: string;
  /** Without `?`; empty when there is none. */
  readonly query: string;
  readonly remoteAddress: string;
  /** HTTP version of the client's request: "1.1". */
  readonly httpVersion: string;
  /** Flat list: lower-case name, value, name, value ... in the client's order; what is not for guests is taken out already. Values are latin1. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** Layout, little-endian: u32 length of a JSON head (all but the body), the head in UTF-8, the body. */
export function encodeRequest({ body, ...head }: GuestRequest): Uint8Array {
  const json = JSON.stringify(head);
  const headBytes = Buffer.byteLength(json);
  const bytes = Buffer.allocUnsafe(4 + headBytes + body.length);
  bytes.writeUInt32LE(headBytes, 0);
  bytes.write(json, 4);
  bytes.set(body, 4 + headBytes);
  return bytes;
}

/** The inverse of `encodeRequest`; the body is a view. */
export function decodeRequest(payload: Uint8Array): GuestRequest {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const bodyAt = 4 + bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', 4, bodyAt)) as Omit<GuestRequest, 'body'>;
  return { ...head, body: bytes.subarray(bodyAt) };
}
