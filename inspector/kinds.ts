/** The kinds of core modules there are, in the order in which they are tried. A new kind is a file in kinds/ and a line here. */
import { command } from './kinds/command.ts';
import { core } from './kinds/core.ts';
import type { KindAnalyser } from './kinds/kind.ts';
import { reactor } from './kinds/reactor.ts';

export const kinds: readonly KindAnalyser[] = [command, reactor, core];
