/** Numbers of `filetype`. */
import type { NodeType } from '../files/node.ts';

/** Standard streams are of none of the types: of a character device wasi-libc would flush every line. */
export const unknownType = 0;

export const filetypes: Readonly<Record<NodeType, number>> = { directory: 3, file: 4, symlink: 7 };
