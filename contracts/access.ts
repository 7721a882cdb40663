/** Who may do what: keys, their roles, and what a route asks for. Pure. */

/** `admin`: everything. `deploy`: functions, releases, schedules, secrets. `invoke`: calls. `read`: looking. A `deploy` key may invoke and read, too. */
export const roles = ['admin', 'deploy', 'invoke', 'read'] as const;
export type Role = (typeof roles)[number];

/** What a route asks for; `open`: nothing. Every route says it (config.access). */
export const accesses = ['open', ...roles] as const;
export type Access = (typeof accesses)[number];

/** Who makes a request. */
export interface Principal {
  /** Id of the key; undefined for the operator's own (BANTAM_ADMIN_KEY) and where no key is asked for. */
  readonly key: string | undefined;
  /** Name of the key, for history and audit; the client's address where no key is asked for. */
  readonly name: string;
  readonly role: Role;
  /** Undefined: all. */
  readonly namespace: string | undefined;
  /** Bare names of the only functions it is for; undefined: all of its namespace. */
  readonly functions: readonly string[] | undefined;
}

const granted: Readonly<Record<Role, readonly Access[]>> = {
  admin: ['open', 'read', 'invoke', 'deploy', 'admin'],
  deploy: ['open', 'read', 'invoke', 'deploy'],
  invoke: ['open', 'invoke'],
  read: ['open', 'read'],
};

/**
 * @param namespace that the request is about; undefined when it is about the installation as a whole
 * @param name      bare name of the function that it is about, if any
 */
export function isAllowed(principal: Principal, access: Access, namespace: string | undefined, name: string | undefined): boolean {
  if (!granted[principal.role].includes(access)) return false;
  if (access === 'open') return true;
  if (principal.namespace !== undefined && principal.namespace !== namespace) return false;
  return principal.functions === undefined || (name !== undefined && principal.functions.includes(name));
}
