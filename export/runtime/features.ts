/** What the code of the executor takes from newer V8 than a platform may have: Node 20, 22 and 24. Nothing is replaced that is there. */

/** To be called before anything else runs. */
export function addMissingFeatures(): void {
  // From Node 25 on: tc39/proposal-arraybuffer-base64.
  add(Uint8Array.prototype, 'toBase64', function toBase64(this: Uint8Array) {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString('base64');
  });
  add(Uint8Array, 'fromBase64', fromBase64);
  // From Node 21 on. Without it the sign of a negative zero is lost, for which alone we use it.
  add(JSON, 'rawJSON', Number);
  addIteratorHelpers();
}

/** From Node 22 on. These read all there is first, where the others take one after the other. */
function addIteratorHelpers(): void {
  const prototype: object = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object;
  const helpers: Readonly<Record<string, (items: unknown[], argument: never) => unknown>> = {
    map: (items, change: (item: unknown) => unknown) => items.map((item) => change(item)).values(),
    filter: (items, test: (item: unknown) => boolean) => items.filter((item) => test(item)).values(),
    flatMap: (items, change: (item: unknown) => Iterable<unknown>) => items.flatMap((item) => [...change(item)]).values(),
    take: (items, count: number) => items.slice(0, count).values(),
    some: (items, test: (item: unknown) => boolean) => items.some((item) => test(item)),
    every: (items, test: (item: unknown) => boolean) => items.every((item) => test(item)),
    toArray: (items) => items,
  };
  for (const [name, help] of Object.entries(helpers)) {
    add(prototype, name, function helper(this: Iterable<unknown>, argument: never) {
      return help([...this], argument);
    });
  }
  add(globalThis, 'Iterator', { from: (items: Iterable<unknown>) => items[Symbol.iterator]() });
}

function add(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

/** Padding may be left out, white space is skipped. @throws SyntaxError for everything else that is not base64 */
function fromBase64(text: string): Uint8Array {
  const digits = text.replaceAll(/[\t\n\f\r ]/g, '');
  const complete = digits.length % 4 === 0;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits) || digits.length % 4 === 1 || (!complete && digits.endsWith('='))) {
    throw new SyntaxError('the text is not base64');
  }
  return new Uint8Array(Buffer.from(digits, 'base64'));
}
