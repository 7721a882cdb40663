/** The runner of each kind. */
import type { ModuleKind } from '../contracts/kinds.ts';
import { coreRunner } from './kinds/core.ts';
import type { Runner } from './kinds/kind.ts';

export const runners: Readonly<Record<ModuleKind, Runner>> = {
  core: coreRunner,
  reactor: coreRunner,
  command: coreRunner,
  component: coreRunner,
  'component-http': coreRunner,
  'component-command': coreRunner,
};
