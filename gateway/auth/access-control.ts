/** Keys and the audit log of a gateway, put together. */
import type pg from 'pg';
import { type AuditStore, openAudit } from '../../registry/audit.ts';
import { type KeyStore, openKeys } from '../../registry/keys.ts';
import type { Logger } from '../../shared/logger.ts';
import { AuditLog } from './audit-log.ts';
import { KeyRing } from './key-ring.ts';
import { KeyUses } from './key-uses.ts';

export interface AccessControlOptions {
  readonly pool: pg.Pool;
  /** BANTAM_ADMIN_KEY */
  readonly operatorKey: string | undefined;
  /** Past which entries of the audit log, and keys that are of no use any more, are deleted. */
  readonly keepAuditMs: number;
  readonly log: Logger;
}

export class AccessControl {
  readonly keys: KeyStore;
  readonly audit: AuditStore;
  readonly gate: KeyRing;
  readonly auditLog: AuditLog;
  /** Whether the operator has a key of his own. */
  readonly operator: boolean;
  readonly #uses: KeyUses;

  constructor({ pool, operatorKey, keepAuditMs, log }: AccessControlOptions) {
    this.keys = openKeys(pool);
    this.audit = openAudit(pool);
    this.operator = operatorKey !== undefined;
    this.#uses = new KeyUses({ store: this.keys, onFault: (err) => log.warn({ err }, 'when keys were last used could not be written') });
    this.gate = new KeyRing({ store: this.keys, operatorKey, uses: this.#uses, now: () => Date.now() });
    this.auditLog = new AuditLog({ store: this.audit, keys: this.keys, keepMs: keepAuditMs, log });
  }

  /** When no more requests come. Writes what is left. */
  async close(): Promise<void> {
    await Promise.all([this.#uses.close(), this.auditLog.close()]);
  }
}
