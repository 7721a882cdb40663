/** From an upload or a changed configuration to a version in the registry. */
import { createHash } from 'node:crypto';
import { BantamError } from '../../contracts/errors.ts';
import type { EffectiveLimits, FunctionConfig, FunctionVersion, ModuleAnalysis } from '../../contracts/function.ts';
import { limits as defaults, pageBytes } from '../../contracts/limits.ts';
import { bareNameOf } from '../../contracts/names.ts';
import { applyParameterNames, chooseEntry } from '../../contracts/signature.ts';
import type { Publication, Published, Reconfiguration } from '../../registry/port.ts';
import type { ConfigChange } from './config.ts';
import { refuseCors } from '../cors/policy.ts';
import { refuseDestinations } from './destinations.ts';
import type { Inspector } from './inspector.ts';
import { refuseUnusable } from './settings.ts';
import type { Upload } from './upload.ts';

/** What the publisher asks of the registry. */
export interface PublishingRegistry {
  publish(publication: Publication): Promise<Published>;
  reconfigure(base: number, change: Reconfiguration): Promise<Published | undefined>;
  latest(name: string): Promise<FunctionVersion | undefined>;
  moduleBytes(digest: string): Promise<Uint8Array | undefined>;
}

export interface PublisherOptions {
  readonly registry: PublishingRegistry;
  readonly inspector: Pick<Inspector, 'inspect'>;
  /** What the operator allows a function to ask for. */
  readonly maxTimeoutMs: number;
  readonly maxMemoryBytes: number;
  /** @returns why the end of an invocation cannot be told to a URL; undefined when it can */
  readonly allowCallback: (url: string) => BantamError | undefined;
}

export class Publisher {
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /**
   * @param by name of the key, or a client address
   * @throws BantamError with what is wrong with module, configuration or assets; nothing has changed then
   */
  async publish(name: string, { bytes, config, assets }: Upload, by: string): Promise<Published> {
    const { registry, inspector, allowCallback } = this.#options;
    refuseDestinations(config, allowCallback);
    refuseCors(config);
    const limits = this.#limitsOf(config);
    const analysis = await inspector.inspect(bytes, limits.memoryBytes);
    refuseUnusable(analysis.kind, config, assets !== undefined);
    const digest = createHash('sha256').update(bytes).digest('hex');
    return registry.publish({ name, digest, bytes, ...describe(name, analysis, config), config, limits, assets, by });
  }

  /**
   * The latest module, and its assets, with another configuration: members given replace the old ones, null takes one out.
   * @param by name of the key, or a client address
   * @throws BantamError FUNCTION_NOT_FOUND, and as `publish`
   */
  async reconfigure(name: string, change: ConfigChange, by: string): Promise<Published> {
    const { registry, inspector, allowCallback } = this.#options;
    for (;;) {
      const latest = await registry.latest(name);
      const bytes = latest === undefined ? undefined : await registry.moduleBytes(latest.digest);
      if (latest === undefined || bytes === undefined) throw new BantamError('FUNCTION_NOT_FOUND', `there is no function "${name}"`);
      const config = merge(latest.config, change);
      refuseDestinations(config, allowCallback);
      refuseCors(config);
      const limits = this.#limitsOf(config);
      // Inspected again: the new memory limit may be too small for the module, and parameter names start from the module's own.
      const analysis = await inspector.inspect(bytes, limits.memoryBytes);
      refuseUnusable(analysis.kind, config, latest.assets !== undefined);
      const published = await registry.reconfigure(latest.version, {
        name,
        digest: latest.digest,
        ...describe(name, analysis, config),
        config,
        limits,
        by,
      });
      // Somebody else published meanwhile: the change applies to what is the latest now.
      if (published !== undefined) return published;
    }
  }

  #limitsOf(config: FunctionConfig): EffectiveLimits {
    const { maxTimeoutMs, maxMemoryBytes } = this.#options;
    refuseAbove('timeoutMs', config.timeoutMs, maxTimeoutMs, 'BANTAM_MAX_TIMEOUT_MS');
    refuseAbove('memoryBytes', config.memoryBytes, maxMemoryBytes, 'BANTAM_MAX_MEMORY_BYTES');
    const memoryBytes = config.memoryBytes ?? Math.min(defaults.defaultMemoryBytes, maxMemoryBytes);
    return {
      timeoutMs: config.timeoutMs ?? Math.min(defaults.defaultTimeoutMs, maxTimeoutMs),
      memoryBytes: Math.floor(memoryBytes / pageBytes) * pageBytes,
      concurrency: config.concurrency ?? defaults.defaultConcurrency,
    };
  }
}

function merge(config: FunctionConfig, change: ConfigChange): FunctionConfig {
  const merged = Object.entries({ ...config, ...change }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(merged);
}

function describe(name: string, analysis: ModuleAnalysis, config: FunctionConfig): { entry: string; analysis: ModuleAnalysis } {
  const entry = chooseEntry(bareNameOf(name), config, analysis);
  return { entry, analysis: { ...analysis, exports: applyParameterNames(analysis, config, entry) } };
}

function refuseAbove(member: string, asked: number | undefined, most: number, setting: string): void {
  if (asked !== undefined && asked > most)
    throw new BantamError('INVALID_CONFIG', `${member}: ${asked} is more than the operator allows, ${most} (${setting})`);
}
