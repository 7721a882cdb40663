/** The calls of WASI preview 1 with their core types, as a module imports them. Data, without imports: the executor reads this file at every boot. */

/** Module names under which the calls are imported: the snapshot of 2020, and the one before it that older compilers ask for. */
export const preview1Modules = ['wasi_snapshot_preview1', 'wasi_unstable'] as const;

const errno = 'i32';
const row = (name: string, params: string, result: string = errno): readonly [string, string] => [name, `(${params}) -> ${result}`];

/**
 * Name -> core type, in the format of `formatFuncType`.
 * @see https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md and, for the core types, the tool conventions' BasicCABI.md
 */
export const preview1: ReadonlyMap<string, string> = new Map([
  row('args_get', 'i32, i32'),
  row('args_sizes_get', 'i32, i32'),
  row('environ_get', 'i32, i32'),
  row('environ_sizes_get', 'i32, i32'),
  row('clock_res_get', 'i32, i32'),
  row('clock_time_get', 'i32, i64, i32'),
  row('fd_advise', 'i32, i64, i64, i32'),
  row('fd_allocate', 'i32, i64, i64'),
  row('fd_close', 'i32'),
  row('fd_datasync', 'i32'),
  row('fd_fdstat_get', 'i32, i32'),
  row('fd_fdstat_set_flags', 'i32, i32'),
  row('fd_fdstat_set_rights', 'i32, i64, i64'),
  row('fd_filestat_get', 'i32, i32'),
  row('fd_filestat_set_size', 'i32, i64'),
  row('fd_filestat_set_times', 'i32, i64, i64, i32'),
  row('fd_pread', 'i32, i32, i32, i64, i32'),
  row('fd_prestat_get', 'i32, i32'),
  row('fd_prestat_dir_name', 'i32, i32, i32'),
  row('fd_pwrite', 'i32, i32, i32, i64, i32'),
  row('fd_read', 'i32, i32, i32, i32'),
  row('fd_readdir', 'i32, i32, i32, i64, i32'),
  row('fd_renumber', 'i32, i32'),
  row('fd_seek', 'i32, i64, i32, i32'),
  row('fd_sync', 'i32'),
  row('fd_tell', 'i32, i32'),
  row('fd_write', 'i32, i32, i32, i32'),
  row('path_create_directory', 'i32, i32, i32'),
  row('path_filestat_get', 'i32, i32, i32, i32, i32'),
  row('path_filestat_set_times', 'i32, i32, i32, i32, i64, i64, i32'),
  row('path_link', 'i32, i32, i32, i32, i32, i32, i32'),
  row('path_open', 'i32, i32, i32, i32, i32, i64, i64, i32, i32'),
  row('path_readlink', 'i32, i32, i32, i32, i32, i32'),
  row('path_remove_directory', 'i32, i32, i32'),
  row('path_rename', 'i32, i32, i32, i32, i32, i32'),
  row('path_symlink', 'i32, i32, i32, i32, i32'),
  row('path_unlink_file', 'i32, i32, i32'),
  row('poll_oneoff', 'i32, i32, i32, i32'),
  row('proc_exit', 'i32', '()'),
  row('proc_raise', 'i32'),
  row('sched_yield', ''),
  row('random_get', 'i32, i32'),
  row('sock_accept', 'i32, i32, i32'),
  row('sock_recv', 'i32, i32, i32, i32, i32, i32'),
  row('sock_send', 'i32, i32, i32, i32, i32'),
  row('sock_shutdown', 'i32, i32'),
]);
