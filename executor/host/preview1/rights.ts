/** Rights of preview 1: bits of a descriptor that say which calls it is good for. */

/** All fit into 31 bits, so they are kept as numbers. */
export const rights = {
  fdDatasync: 1,
  fdRead: 1 << 1,
  fdSeek: 1 << 2,
  fdFdstatSetFlags: 1 << 3,
  fdSync: 1 << 4,
  fdTell: 1 << 5,
  fdWrite: 1 << 6,
  fdAdvise: 1 << 7,
  fdAllocate: 1 << 8,
  pathCreateDirectory: 1 << 9,
  pathCreateFile: 1 << 10,
  pathLinkSource: 1 << 11,
  pathLinkTarget: 1 << 12,
  pathOpen: 1 << 13,
  fdReaddir: 1 << 14,
  pathReadlink: 1 << 15,
  pathRenameSource: 1 << 16,
  pathRenameTarget: 1 << 17,
  pathFilestatGet: 1 << 18,
  pathFilestatSetSize: 1 << 19,
  pathFilestatSetTimes: 1 << 20,
  fdFilestatGet: 1 << 21,
  fdFilestatSetSize: 1 << 22,
  fdFilestatSetTimes: 1 << 23,
  pathSymlink: 1 << 24,
  pathRemoveDirectory: 1 << 25,
  pathUnlinkFile: 1 << 26,
  pollFdReadwrite: 1 << 27,
} as const;

const both =
  rights.fdDatasync | rights.fdSync | rights.fdFdstatSetFlags | rights.fdFilestatGet | rights.fdFilestatSetTimes | rights.pollFdReadwrite;

/** What can be done with a file. */
export const fileRights =
  both | rights.fdRead | rights.fdSeek | rights.fdTell | rights.fdWrite | rights.fdAdvise | rights.fdAllocate | rights.fdFilestatSetSize;

/** What can be done with a directory. */
export const directoryRights =
  both |
  rights.fdReaddir |
  rights.pathCreateDirectory |
  rights.pathCreateFile |
  rights.pathLinkSource |
  rights.pathLinkTarget |
  rights.pathOpen |
  rights.pathReadlink |
  rights.pathRenameSource |
  rights.pathRenameTarget |
  rights.pathFilestatGet |
  rights.pathFilestatSetSize |
  rights.pathFilestatSetTimes |
  rights.pathSymlink |
  rights.pathRemoveDirectory |
  rights.pathUnlinkFile;

export const allRights = fileRights | directoryRights;

/** Without seek and tell, and of no character device: wasi-libc would take it for a terminal and flush every line. */
const streamRights = rights.fdFdstatSetFlags | rights.fdFilestatGet | rights.pollFdReadwrite;
export const inputRights = streamRights | rights.fdRead;
export const outputRights = streamRights | rights.fdWrite;

/** @param wanted 64 bits of a guest; those that mean nothing here (sockets, later additions) are left out */
export function rightsOf(wanted: bigint): number {
  return Number(wanted & BigInt(allRights));
}
