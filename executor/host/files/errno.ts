/** Why a file operation failed: names of WASI's errno that the tree answers with. */

/**
 * @see https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md, "errno"; wasi:filesystem/types `error-code` has each of them
 * under another name.
 */
export type Errno =
  | 'badf'
  | 'busy'
  | 'exist'
  | 'ilseq'
  | 'inval'
  | 'isdir'
  | 'loop'
  | 'nametoolong'
  | 'noent'
  | 'nospc'
  | 'notdir'
  | 'notempty'
  | 'perm';
