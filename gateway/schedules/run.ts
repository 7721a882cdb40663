/** Makes the invocations of schedules: the same as a POST of their body to their function. */
import { createHash } from 'node:crypto';
import type { FunctionVersion } from '../../contracts/function.ts';
import { type FunctionReference, namespaceOf, parseFunctionReference, referenceFrom } from '../../contracts/names.ts';
import type { Route } from '../../registry/port.ts';
import type { ScheduleSpec } from '../../registry/schedule-rows.ts';
import type { Acceptable, Accepted, Acceptor } from '../async/accept.ts';
import { ownRequest } from '../async/own-request.ts';
import type { CallRequest } from '../invoke/codecs/codec.ts';
import { encodePayload } from '../invoke/codecs/encode.ts';
import { pickVersion } from '../releases/pick.ts';

export interface ScheduleRunnerOptions {
  /** @throws BantamError FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, ALIAS_NOT_FOUND, REGISTRY_UNAVAILABLE */
  readonly resolve: (reference: FunctionReference) => Promise<Route>;
  readonly acceptor: Pick<Acceptor, 'accept'>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

type Runnable = Pick<ScheduleSpec, 'name' | 'function' | 'body'>;

export class ScheduleRunner {
  readonly #options: ScheduleRunnerOptions;

  constructor(options: ScheduleRunnerOptions) {
    this.#options = options;
  }

  /**
   * Finds out whether it could be run now.
   * @throws BantamError INVALID_NAME, FUNCTION_NOT_FOUND, VERSION_NOT_FOUND, ALIAS_NOT_FOUND, EXPORT_NOT_FOUND, INVALID_ARGUMENTS, REGISTRY_UNAVAILABLE
   */
  async check(schedule: Runnable): Promise<void> {
    encodePayload(await this.#version(schedule), requestOf(schedule, new Date(0)));
  }

  /** Runs it by hand. @throws BantamError as `check` and Acceptor.accept */
  async runNow(schedule: Runnable, now: Date): Promise<Accepted> {
    return this.#accept(schedule, now, undefined);
  }

  /** However often it is called for the same tick: one invocation. @throws BantamError as `check` and Acceptor.accept */
  async runTick(schedule: Runnable, tick: Date): Promise<Accepted> {
    // No caller can send a key with a blank in it. What the request holds does not count: a schedule that changed meanwhile has had its tick.
    const key = `schedule ${schedule.name} ${tick.toISOString()}`;
    return this.#accept(schedule, tick, { key, fingerprint: createHash('sha256').update(key).digest() });
  }

  async #accept(schedule: Runnable, at: Date, idempotency: Acceptable['idempotency']): Promise<Accepted> {
    const version = await this.#version(schedule);
    return this.#options.acceptor.accept({ version, request: requestOf(schedule, at), schedule: schedule.name, idempotency });
  }

  async #version({ name, function: reference }: Runnable): Promise<FunctionVersion> {
    const route = await this.#options.resolve(parseFunctionReference(referenceFrom(namespaceOf(name), reference)));
    // To a release that shares calls it is one caller, by whatever that recognises callers.
    return pickVersion(route, { headers: { 'x-bantam-schedule': name }, ip: name }, this.#options.random);
  }
}

function requestOf({ name, function: reference, body }: Runnable, at: Date): CallRequest {
  return ownRequest({
    reference: referenceFrom(namespaceOf(name), reference),
    body: body === undefined ? undefined : Buffer.from(body),
    contentType: body === undefined ? undefined : 'application/json',
    headers: ['x-bantam-schedule', name, 'x-bantam-scheduled-at', at.toISOString()],
  });
}
