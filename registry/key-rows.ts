/** Rows of keys. Pure. */
import type { Role } from '../contracts/access.ts';
import type { Key } from '../contracts/key.ts';

/** A key with what it is compared by. */
export interface StoredKey extends Key {
  /** sha256 of the whole key. */
  readonly hash: Uint8Array;
}

export const keyColumns = 'id, hash, name, role, namespace, functions, created_at, created_by, expires_at, last_used_at, revoked_at';

export interface KeyRow {
  readonly id: string;
  readonly hash: Buffer;
  readonly name: string;
  readonly role: Role;
  readonly namespace: string | null;
  readonly functions: string[] | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

export function toKey(row: KeyRow): Key {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    ...(row.namespace !== null && { namespace: row.namespace }),
    ...(row.functions !== null && { functions: row.functions }),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.expires_at !== null && { expiresAt: row.expires_at.toISOString() }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at.toISOString() }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at.toISOString() }),
  };
}

export function toStoredKey(row: KeyRow): StoredKey {
  return { ...toKey(row), hash: row.hash };
}
