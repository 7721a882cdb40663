/** Runs kind `component`: one typed export called with WIT values that came as JSON. */
import { exportedFunctions } from '../../component/exports.ts';
import type { ComponentPlan } from '../../component/plan.ts';
import { limits } from '../../contracts/limits.ts';
import { decodeTypedCall } from '../../contracts/typed-call.ts';
import { witFromJson } from '../../contracts/wit-from-json.ts';
import { witToJson } from '../../contracts/wit-to-json.ts';
import type { WitSignature, WitType, WitValue } from '../../contracts/wit.ts';
import { GuestError } from '../guest-error.ts';
import { exitedEarly } from './ended.ts';
import type { GuestResponse, Runner, RunnerInstance } from './kind.ts';
import { type ComponentGuest, HostedComponent } from './linked-component.ts';
import { wholeLog } from './surroundings.ts';

const noContent: GuestResponse = { status: 204, headers: [], body: new Uint8Array(0) };

export const componentRunner: Runner = {
  compile(bytes, settings) {
    const component = new HostedComponent(bytes, settings, false);
    const signatures = callableSignatures(component.plan);
    return { instantiate: () => new TypedInstance(component.instantiate(), signatures) };
  },
};

function callableSignatures(plan: ComponentPlan): ReadonlyMap<string, WitSignature> {
  const signatures = new Map<string, WitSignature>();
  for (const exported of exportedFunctions(plan, limits.maxTypeNodes)) {
    if ('signature' in exported) signatures.set(exported.name, exported.signature);
  }
  return signatures;
}

class TypedInstance implements RunnerInstance {
  readonly #guest: ComponentGuest;
  readonly #signatures: ReadonlyMap<string, WitSignature>;

  constructor(guest: ComponentGuest, signatures: ReadonlyMap<string, WitSignature>) {
    this.#guest = guest;
    this.#signatures = signatures;
  }

  log(): Uint8Array {
    return wholeLog(this.#guest.world);
  }

  discard(): void {
    this.#guest.instance.discard();
  }

  call(payload: Uint8Array): GuestResponse {
    const { exportName, args, rawBytes } = decodeTypedCall(payload);
    const signature = this.#signatures.get(exportName);
    if (signature === undefined) throw new Error(`the gateway named an export that cannot be called: ${exportName}`);
    const values = signature.params.map(({ name, type }, i) => witFromJson(type, args[i], name));
    return answer(signature.result, this.#run(exportName, values), rawBytes);
  }

  #run(exportName: string, values: readonly WitValue[]): WitValue {
    const { world, instance } = this.#guest;
    world.http.begin();
    try {
      return instance.call(exportName, values);
    } catch (error) {
      throw exitedEarly(world, error);
    }
  }
}

/**
 * @throws GuestError GUEST_RETURNED_ERROR; `extra.error` is the payload of the err case as JSON, null when it has none.
 *         GUEST_OUTPUT_EXCEEDED for a value that is too large as what is sent
 */
function answer(type: WitType | undefined, value: WitValue, rawBytes: boolean): GuestResponse {
  if (type?.kind !== 'result') return toResponse(type, value, rawBytes);
  const { tag, val } = value as { tag: 'ok' | 'err'; val: WitValue };
  if (tag === 'ok') return toResponse(type.ok, val, rawBytes);
  const error = witToJson(type.err, val);
  bounded(Buffer.from(JSON.stringify(error)));
  throw new GuestError('GUEST_RETURNED_ERROR', 'the function returned the err case of its result', { error });
}

function toResponse(type: WitType | undefined, value: WitValue, rawBytes: boolean): GuestResponse {
  if (type === undefined) return noContent;
  if (rawBytes && type.kind === 'list' && type.of.kind === 'u8') {
    return { status: 200, headers: ['content-type', 'application/octet-stream'], body: bounded(value as Uint8Array) };
  }
  const body = bounded(Buffer.from(JSON.stringify(witToJson(type, value))));
  return { status: 200, headers: ['content-type', 'application/json'], body };
}

/** @throws GuestError GUEST_OUTPUT_EXCEEDED */
function bounded<Bytes extends Uint8Array>(body: Bytes): Bytes {
  if (body.length <= limits.maxAnswerBytes) return body;
  throw new GuestError('GUEST_OUTPUT_EXCEEDED', `an answer is limited to ${limits.maxAnswerBytes} bytes; the guest's has ${body.length}`);
}
