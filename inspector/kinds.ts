/** The kinds of core modules there are, in the order in which they are tried. A new kind is a file in kinds/ and a line here. */
import { core } from './kinds/core.ts';
import type { KindAnalyser } from './kinds/kind.ts';

export const kinds: readonly KindAnalyser[] = [core];
