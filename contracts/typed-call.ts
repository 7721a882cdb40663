/** Payload of kind `component`: one exported function and its arguments as JSON. Pure; written by the gateway, read by the executor. */

export interface TypedCall {
  readonly exportName: string;
  /** One JSON value per parameter, in order, checked against the signature by the gateway (wit-json.ts). */
  readonly args: readonly unknown[];
  /** The caller asks for the bytes of a `list<u8>` result as they are. */
  readonly rawBytes: boolean;
}

/** Layout: UTF-8 JSON of [exportName, rawBytes, ...args]. */
export function encodeTypedCall({ exportName, args, rawBytes }: TypedCall): Uint8Array {
  return Buffer.from(JSON.stringify([exportName, rawBytes, ...args]));
}

/** The inverse of `encodeTypedCall`. */
export function decodeTypedCall(payload: Uint8Array): TypedCall {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString();
  const [exportName, rawBytes, ...args] = JSON.parse(text) as [string, boolean, ...unknown[]];
  return { exportName, rawBytes, args };
}
