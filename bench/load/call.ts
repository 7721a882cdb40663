/** One HTTP call that is made again and again, and its right answer. */

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** With its query; after an origin or a prefix. */
  readonly path: string;
  /** Of the body. */
  readonly contentType: string | undefined;
  readonly body: Uint8Array | undefined;
  /** The body of a right answer. */
  readonly expected: Uint8Array;
}
