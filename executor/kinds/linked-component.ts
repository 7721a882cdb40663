/** A component with its host, and its instances: the way of all kinds of components to the linker. */
import { flattenComponent } from '../../component/flatten.ts';
import type { ComponentPlan } from '../../component/plan.ts';
import { wasiInterfaces } from '../../wasi/interfaces.ts';
import type { ComponentInstance } from '../component/instance.ts';
import { linkComponent, type LinkedComponent } from '../component/linker.ts';
import { wasiHost } from '../host/wasi/table.ts';
import { World, type WorldSettings } from '../host/world.ts';
import type { ArtifactSettings } from './kind.ts';
import { FailedStart } from './failed-start.ts';
import { worldSettings } from './surroundings.ts';

export interface ComponentGuest {
  readonly world: World;
  readonly instance: ComponentInstance;
}

export class HostedComponent {
  readonly plan: ComponentPlan;
  readonly #linked: LinkedComponent<World>;
  readonly #surroundings: WorldSettings;

  /** @param answersByOutput whether standard output is the answer */
  constructor(bytes: Uint8Array, settings: ArtifactSettings, answersByOutput: boolean) {
    this.plan = flattenComponent(bytes);
    this.#linked = linkComponent(this.plan, bytes, wasiHost, wasiInterfaces);
    this.#surroundings = worldSettings(settings, answersByOutput);
  }

  /** @throws FailedStart */
  instantiate(): ComponentGuest {
    const world = new World(this.#surroundings);
    try {
      return { world, instance: this.#linked.instantiate(world) };
    } catch (error) {
      throw new FailedStart(world, error);
    }
  }
}
