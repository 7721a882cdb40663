/** Writes LEB128 numbers (core specification, "Integers" of the binary format). Pure. */

/** @param value an integer from 0 to 2^53. @returns it as unsigned LEB128 */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
