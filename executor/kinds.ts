/** The runner of each kind. */
import type { ModuleKind } from '../contracts/kinds.ts';
import { commandRunner } from './kinds/command.ts';
import { componentCommandRunner } from './kinds/component-command.ts';
import { componentHttpRunner } from './kinds/component-http.ts';
import { componentRunner } from './kinds/component.ts';
import { coreRunner } from './kinds/core.ts';
import type { Runner } from './kinds/kind.ts';
import { reactorRunner } from './kinds/reactor.ts';

export const runners: Readonly<Record<ModuleKind, Runner>> = {
  core: coreRunner,
  reactor: reactorRunner,
  command: commandRunner,
  component: componentRunner,
  'component-http': componentHttpRunner,
  'component-command': componentCommandRunner,
};
