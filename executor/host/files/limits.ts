/** Limits of an instance's file tree besides its bytes. */

export const fileLimits = {
  /** Of one name, and of a whole path, in bytes (NAME_MAX and PATH_MAX of Linux). */
  maxNameBytes: 255,
  maxPathBytes: 4_096,
  /** Symbolic links followed while one path is resolved (Linux' MAXSYMLINKS). */
  maxLinksFollowed: 40,
  /** Directories inside each other. */
  maxDepth: 1_024,
  /** Directory entries an instance may make: they live in the host's heap, not in the guest's memory. */
  maxEntries: 65_536,
  /** What a file, directory or symbolic link costs besides its contents, and a directory entry besides its name, in bytes. */
  nodeBytes: 512,
  entryBytes: 128,
} as const;
