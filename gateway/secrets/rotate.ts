/** Encrypts all stored secrets with the first key of BANTAM_SECRET_KEY. */
import { BantamError } from '../../contracts/errors.ts';
import type { StaleValue } from '../../registry/secret-rotation.ts';
import type { SecretStore } from '../../registry/secrets.ts';
import type { Keyring } from '../../shared/keyring.ts';

const pageSize = 100;
const shownSecrets = 100;

/**
 * Values stay as they are, and so do their versions: no call notices. May be done again at any time.
 * @returns how many values had another key
 * @throws BantamError SECRET_UNREADABLE, when all others are done: some were encrypted with a key that is not here
 */
export async function rotateSecrets(store: Pick<SecretStore, 'stale' | 'replace'>, keyring: Keyring): Promise<number> {
  let rotated = 0;
  const unreadable = new Set<string>();
  let page: readonly StaleValue[] = [];
  do {
    page = await store.stale(keyring.sealingKeyId, pageSize, page.at(-1));
    const anew = page.flatMap((value) => {
      const sealed = sealAnew(keyring, value);
      if (sealed === undefined) unreadable.add(`${value.name} (${value.namespace})`);
      return sealed ?? [];
    });
    await store.replace(anew);
    rotated += anew.length;
  } while (page.length === pageSize);
  if (unreadable.size === 0) return rotated;
  throw new BantamError(
    'SECRET_UNREADABLE',
    `${rotated} values were encrypted anew, and ${unreadable.size} secrets were not: no key of BANTAM_SECRET_KEY decrypts them`,
    { rotated, secrets: [...unreadable].slice(0, shownSecrets) },
  );
}

function sealAnew(keyring: Keyring, value: StaleValue): StaleValue | undefined {
  try {
    return { ...value, ...keyring.seal(value, keyring.open(value, value)) };
  } catch (error) {
    if (error instanceof BantamError) return undefined;
    throw error;
  }
}
