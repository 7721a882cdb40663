/** The environment variables that a target is given as secrets: read and decrypted when an artifact is made for it, kept with that alone. */
import { BantamError } from '../../contracts/errors.ts';
import type { Target } from '../../contracts/invocation.ts';
import { namespaceOf } from '../../contracts/names.ts';
import type { SecretStore } from '../../registry/secrets.ts';
import { type Keyring, unreadable } from '../../shared/keyring.ts';

export type Environment = readonly (readonly [name: string, value: string])[];

/** @throws BantamError SECRET_MISSING, SECRET_UNREADABLE, REGISTRY_UNAVAILABLE; none of them says a value */
export type ReadSecrets = (target: Target) => Promise<Environment>;

/** @param keyring undefined without BANTAM_SECRET_KEY */
export function secretReader(store: Pick<SecretStore, 'values'>, keyring: Keyring | undefined): ReadSecrets {
  return async ({ function: functionName, settings }) => {
    const wanted = settings?.secrets ?? [];
    if (wanted.length === 0) return [];
    const namespace = namespaceOf(functionName);
    const gone = wanted.find(({ version }) => version === 0);
    const stored = gone === undefined ? await store.values(namespace, wanted) : [];
    return wanted.map(({ env, name, version }) => {
      const value = stored.find((candidate) => candidate.name === name && candidate.version === version);
      if (value === undefined) {
        throw new BantamError('SECRET_MISSING', `the secret "${gone?.name ?? name}" of the namespace "${namespace}" was deleted`);
      }
      const identity = { namespace, name, version };
      if (keyring === undefined) throw unreadable(identity, 'BANTAM_SECRET_KEY is not set at this worker');
      return [env, keyring.open(identity, value)];
    });
  };
}
