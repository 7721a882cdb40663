/** What a component that cannot be run is answered with. */
import { WasmFormatError } from '../wasm/reader.ts';

/** `invalid`: not a component by the specification; `unsupported`: valid, but more than is run here; `excess`: more than a limit allows. */
export type ComponentErrorKind = 'invalid' | 'unsupported' | 'excess';

export class ComponentError extends Error {
  readonly kind: ComponentErrorKind;
  /** Where, in bytes from the start of the file; undefined for what has no single place. */
  readonly offset: number | undefined;

  constructor(kind: ComponentErrorKind, message: string, offset?: number) {
    super(offset === undefined ? message : `${message} at byte ${offset}`);
    this.name = 'ComponentError';
    this.kind = kind;
    this.offset = offset;
  }
}

export function invalid(message: string, offset?: number): ComponentError {
  return new ComponentError('invalid', message, offset);
}

export function unsupported(message: string, offset?: number): ComponentError {
  return new ComponentError('unsupported', message, offset);
}

/**
 * Runs `read`; what the reader of primitive encodings throws becomes a ComponentError.
 * @param base offset in the file of the bytes that `read` looks at
 */
export function asComponentErrors<T>(read: () => T, base = 0): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WasmFormatError)) throw error;
    throw invalid(error.message.replace(/ at byte \d+$/, ''), base + error.offset);
  }
}
