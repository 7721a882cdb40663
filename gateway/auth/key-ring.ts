/** The keys as a gateway knows them: a bounded cache in front of the store, and the operator's own. */
import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '../../contracts/access.ts';
import { BantamError } from '../../contracts/errors.ts';
import type { StoredKey } from '../../registry/key-rows.ts';
import type { KeyStore } from '../../registry/keys.ts';
import { Batcher } from '../../shared/batcher.ts';
import { ByteLru } from '../../shared/lru.ts';
import type { Gate } from './gate.ts';
import type { KeyUses } from './key-uses.ts';
import { hashToken, idOfToken } from './token.ts';

export interface KeyRingOptions {
  readonly store: Pick<KeyStore, 'find' | 'exist'>;
  /** BANTAM_ADMIN_KEY */
  readonly operatorKey: string | undefined;
  readonly uses: Pick<KeyUses, 'note'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface KnownKey {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly revoked: boolean;
  /** Epoch milliseconds; infinite for those that never do. */
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

/** Kept, and ids that are no keys: these in a cache of their own, so that made-up ones drive out no real one. */
const maxKeys = 10_000;
const operator: Principal = { key: undefined, name: 'operator', role: 'admin', namespace: undefined, functions: undefined };

export class KeyRing implements Gate {
  readonly #options: KeyRingOptions;
  readonly #operatorHash: Uint8Array | undefined;
  readonly #known = new ByteLru<string, KnownKey>(maxKeys);
  readonly #unknown = new ByteLru<string, true>(maxKeys);
  /** One query at a time, whoever asks for what: made-up ids take no more than one connection. */
  readonly #lookUps: Batcher<string, StoredKey | undefined>;
  /** Grows when something was heard: what is on its way may be old by then. */
  #generation = 0;
  #open: boolean | undefined;
  #asking: Promise<boolean> | undefined;

  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.#operatorHash = options.operatorKey === undefined ? undefined : hashToken(options.operatorKey);
    this.#lookUps = new Batcher({ flush: (ids) => options.store.find(ids), maxItems: 1_000, maxFlights: 1 });
  }

  isOpen(): boolean | Promise<boolean> {
    if (this.#operatorHash !== undefined) return false;
    return this.#open ?? this.#asking ?? this.#ask();
  }

  identify(token: string): Principal | BantamError | Promise<Principal | BantamError> {
    const hash = hashToken(token);
    if (this.#operatorHash !== undefined && timingSafeEqual(hash, this.#operatorHash)) return operator;
    const id = idOfToken(token);
    if (id === undefined || this.#unknown.has(id)) return unknownKey();
    const known = this.#known.get(id);
    if (known !== undefined) return this.#judge(known, hash);
    return this.#find(id).then((found) => (found === undefined ? unknownKey() : this.#judge(found, hash)));
  }

  /** The key was made or revoked. */
  forget(id: string): void {
    this.#generation++;
    this.#known.delete(id);
    this.#unknown.delete(id);
    this.#open = undefined;
    this.#asking = undefined;
  }

  /** Notifications may have been missed. */
  forgetAll(): void {
    this.#generation++;
    this.#known.clear();
    this.#unknown.clear();
    this.#open = undefined;
    this.#asking = undefined;
  }

  #judge({ id, hash, revoked, expiresAtMs, principal }: KnownKey, sent: Uint8Array): Principal | BantamError {
    // Only who has the whole key learns more of it.
    if (!timingSafeEqual(hash, sent)) return unknownKey();
    const nowMs = this.#options.now();
    if (revoked) return new BantamError('KEY_INVALID', `the key "${principal.name}" was revoked`);
    if (expiresAtMs <= nowMs)
      return new BantamError('KEY_INVALID', `the key "${principal.name}" expired at ${new Date(expiresAtMs).toISOString()}`);
    this.#options.uses.note(id, nowMs);
    return principal;
  }

  async #find(id: string): Promise<KnownKey | undefined> {
    const generation = this.#generation;
    const stored = await this.#lookUps.add(id);
    const found = stored === undefined ? undefined : toKnown(stored);
    if (generation === this.#generation) {
      if (found === undefined) this.#unknown.set(id, true, 1);
      else this.#known.set(id, found, 1);
    }
    return found;
  }

  async #ask(): Promise<boolean> {
    const generation = this.#generation;
    this.#asking = this.#options.store.exist().then((exist) => !exist);
    try {
      const open = await this.#asking;
      if (generation === this.#generation) this.#open = open;
      return open;
    } finally {
      if (generation === this.#generation) this.#asking = undefined;
    }
  }
}

function toKnown({ id, hash, name, role, namespace, functions, expiresAt, revokedAt }: StoredKey): KnownKey {
  return {
    id,
    hash,
    revoked: revokedAt !== undefined,
    expiresAtMs: expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
    principal: { key: id, name, role, namespace, functions },
  };
}

function unknownKey(): BantamError {
  return new BantamError('KEY_INVALID', 'this is not a key of this installation');
}
