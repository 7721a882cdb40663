/** Everything a guest instance finds around it. One per instance; what changes from call to call is set by `begin`. Shared by both WASI hosts. */
import type { FrozenTree } from './files/freeze.ts';
import { FileTree } from './files/tree.ts';
import { Output } from './output.ts';
import type { DescriptorTable } from './preview1/descriptors.ts';
import type { StopReason, Stoppable } from './stop.ts';
import { HttpState } from './wasi/http/state.ts';

/** What all instances of an artifact have in common. */
export interface WorldSettings {
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  /** The assets, shared by all instances; each writes to copies of its own. */
  readonly assets: FrozenTree | undefined;
  /** Most bytes of files that an instance may have besides the assets. */
  readonly maxFileBytes: number;
  /** Most bytes of an answer (standard output, a response body), and of a log. */
  readonly maxAnswerBytes: number;
  readonly maxLogBytes: number;
}

const nothing = new Uint8Array(0);

export class World implements Stoppable {
  readonly settings: WorldSettings;
  args: readonly string[];
  env: readonly (readonly [name: string, value: string])[];
  /** Standard input, and how much of it was read. */
  stdin: Uint8Array = nothing;
  stdinAt = 0;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly files: FileTree;
  /** Of preview 1; made at the first call that asks for one. */
  descriptors: DescriptorTable | undefined;
  readonly http = new HttpState();
  stopped: StopReason | undefined;

  constructor(settings: WorldSettings) {
    this.settings = settings;
    this.args = settings.args;
    this.env = settings.env;
    this.stdout = new Output('standard output', settings.maxAnswerBytes);
    this.stderr = new Output('the log', settings.maxLogBytes);
    this.files = new FileTree(settings.assets, settings.maxFileBytes);
  }
}
