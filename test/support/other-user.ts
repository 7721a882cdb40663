/** Another user than the one that runs the tests: only root can become one, and only where that user can read the project. */
import { spawnSync } from 'node:child_process';

const nobody = { uid: 65_534, gid: 65_534 } as const;

const isRoot = process.getuid?.() === 0;
// Below a folder like /root no other user reaches node.
const canRead = isRoot && spawnSync(process.execPath, ['--version'], nobody).status === 0;

/** Why no test can be another user here; false when one can. For `skip`. */
export const noOtherUser = !canRead && (isRoot ? 'no other user can start node in this folder' : 'only root can be another user');

/** A user without privileges: for root somebody else, for anyone else themselves. */
export const ordinaryUser: { uid?: number; gid?: number } = isRoot ? nobody : {};

/** Why no test can be a user without privileges here; false when one can. For `skip`. */
export const noOrdinaryUser = isRoot && noOtherUser;
