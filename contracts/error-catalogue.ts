/** The error catalogue: every failure a user can meet, by code. No I/O. docs/errors.md is generated from it. */

/** Who has to act: the caller of the API, the author of the guest, or the operator of the platform. */
export type Blame = 'caller' | 'guest' | 'platform';

export interface ErrorRow {
  /** HTTP status of the answer (RFC 9110). */
  readonly status: number;
  readonly blame: Blame;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** Short, constant summary (RFC 9457 `title`). */
  readonly title: string;
  /** What the reader can do next. */
  readonly help: string;
}

const row = (status: number, blame: Blame, retryable: boolean, title: string, help: string): ErrorRow => ({
  status,
  blame,
  retryable,
  title,
  help,
});

/** Codes are never renamed and never used again for something else. */
export const errorCatalogue = {
  // The request
  INVALID_REQUEST: row(400, 'caller', false, 'The request is malformed', 'Read the detail, correct the request and send it again.'),
  INVALID_NAME: row(
    400,
    'caller',
    false,
    'This is not a function name',
    'Use 1 to 63 of a-z, 0-9 and "-", not starting with "-"; a version is appended as name@3.',
  ),
  INVALID_CONFIG: row(
    400,
    'caller',
    false,
    'The function configuration is not valid',
    'Correct the named field; GET /api/functions/{name} shows a valid configuration.',
  ),
  INVALID_ARGUMENTS: row(
    400,
    'caller',
    false,
    'The arguments do not fit the signature',
    'Pass every parameter of the shown signature once, by name in the query or as a JSON object or array.',
  ),
  FUNCTION_NOT_FOUND: row(
    404,
    'caller',
    false,
    'There is no such function',
    'Publish it with PUT /api/functions/{name}, or list the functions with GET /api/functions.',
  ),
  VERSION_NOT_FOUND: row(
    404,
    'caller',
    false,
    'The function has no such version',
    'List its versions with GET /api/functions/{name}/versions.',
  ),
  ASSETS_NOT_FOUND: row(
    404,
    'caller',
    false,
    'The version has no assets',
    'Publish files with the module in the part "assets": curl -F module=@app.wasm -F assets=@files.tar.gz.',
  ),
  EXPORT_NOT_FOUND: row(404, 'caller', false, 'The module exports no such function', 'Call one of the listed exports.'),
  INTERFACE_NOT_FOUND: row(
    404,
    'caller',
    false,
    'The module has no interface in WIT',
    'Only components have one; the exports of other modules are listed by GET /api/functions/{name}.',
  ),
  ROUTE_NOT_FOUND: row(
    404,
    'caller',
    false,
    'There is nothing at this address',
    'Functions are called at /fn/{name}, managed at /api/functions.',
  ),
  METHOD_NOT_ALLOWED: row(405, 'caller', false, 'This address does not take this method', 'Use one of the methods in the Allow header.'),
  BODY_TOO_LARGE: row(413, 'caller', false, 'The request body is too large', 'Send less, or let the operator raise BANTAM_MAX_BODY_BYTES.'),
  MODULE_TOO_LARGE: row(
    413,
    'caller',
    false,
    'The module is too large',
    'Strip it (wasm-opt, wasm-strip), or let the operator raise BANTAM_MAX_MODULE_BYTES.',
  ),
  ASSETS_TOO_LARGE: row(413, 'caller', false, 'The assets are too large', 'Publish fewer or smaller files; the limit is in the detail.'),
  ASSETS_INVALID: row(
    422,
    'caller',
    false,
    'The assets are not a usable archive',
    'Publish a .tar or .tar.gz of plain files, folders and links inside it, as in tar -czf assets.tar.gz -C folder .',
  ),
  UNSUPPORTED_MEDIA_TYPE: row(415, 'caller', false, 'This content type is not taken here', 'Send the type named in the detail.'),
  MODULE_INVALID: row(422, 'caller', false, 'The module is not valid WebAssembly', 'Build it again; `wasm-validate` shows the same fault.'),
  MODULE_UNSUPPORTED: row(422, 'caller', false, 'The module needs a feature that is not given', 'Build it without the named feature.'),
  MODULE_OVER_LIMIT: row(
    422,
    'caller',
    false,
    'The module declares more than its limit',
    'Lower what the detail names, or raise the limit in the configuration as far as the operator allows.',
  ),
  IMPORT_NOT_PROVIDED: row(422, 'caller', false, 'The module imports what the platform does not give', 'Build it without these imports.'),
  ENTRY_NOT_FOUND: row(
    422,
    'caller',
    false,
    'The module has no clear entry',
    'Name one of the listed exports as "entry" in the configuration.',
  ),
  FUNCTION_BUSY: row(
    429,
    'caller',
    true,
    'The function is at its concurrency limit',
    'Wait as Retry-After says, or raise "concurrency" in its configuration.',
  ),
  // The guest
  GUEST_TRAPPED: row(500, 'guest', false, 'The guest trapped', 'Read the trap and the wasm stack; build with a name section to see names.'),
  GUEST_MEMORY_EXCEEDED: row(
    500,
    'guest',
    false,
    'The guest used more memory than it may',
    'Use less memory, or raise "memoryBytes" in its configuration.',
  ),
  GUEST_EXITED: row(
    500,
    'guest',
    false,
    'The guest exited with a failure',
    'Read the exit code and the end of the log in the answer; a command that succeeds exits with 0.',
  ),
  GUEST_RETURNED_ERROR: row(
    422,
    'guest',
    false,
    'The guest answered with its error case',
    'Read `error`: it is the payload of the err case of the result.',
  ),
  GUEST_OUTPUT_EXCEEDED: row(
    502,
    'guest',
    false,
    'The guest wrote more than it may',
    'Answer less, or in several calls; the limit is in the detail.',
  ),
  GUEST_ANSWER_INVALID: row(
    502,
    'guest',
    false,
    'The guest gave no valid answer',
    'Read the detail: it says what is wrong with the status, a header or the way the answer was given.',
  ),
  GUEST_DEADLINE_EXCEEDED: row(
    504,
    'guest',
    false,
    'The guest did not answer in time and was stopped',
    'Make it faster, or raise "timeoutMs" in its configuration.',
  ),
  EXECUTOR_LOST: row(
    502,
    'guest',
    false,
    'The process running the guest ended during the call',
    'The call may have run in part. If it happens again with the same input, the guest is the cause.',
  ),
  // The platform
  WORKER_LOST: row(
    502,
    'platform',
    true,
    'The worker running the call was lost',
    'The call may have run in part; repeat it if it may run twice.',
  ),
  QUEUE_FULL: row(503, 'platform', true, 'Too many calls are waiting', 'Wait as Retry-After says; the operator can add workers.'),
  QUEUE_UNAVAILABLE: row(
    503,
    'platform',
    true,
    'The queue cannot be reached',
    'The call was not accepted; repeat it. The operator should look at Redis.',
  ),
  QUEUE_LOST: row(
    503,
    'platform',
    true,
    'The queue was lost while the call was in flight',
    'The call may have run; repeat it if it may run twice. The operator should look at Redis.',
  ),
  NO_WORKER: row(
    503,
    'platform',
    true,
    'No worker is there to take the call',
    'The call was not accepted; repeat it. The operator should start a worker.',
  ),
  REGISTRY_UNAVAILABLE: row(
    503,
    'platform',
    true,
    'The registry cannot be reached',
    'Repeat the request. The operator should look at Postgres.',
  ),
  DRAINING: row(503, 'platform', true, 'This process is shutting down', 'Repeat the request; another process will take it.'),
  QUEUE_DEADLINE_EXCEEDED: row(
    504,
    'platform',
    true,
    'The call was not started before its deadline',
    'It did not run; repeat it later. The operator can add workers.',
  ),
  ANSWER_OVERDUE: row(
    504,
    'platform',
    true,
    'No answer came back within the deadline',
    'The call may have run; repeat it if it may run twice.',
  ),
  INTERNAL: row(
    500,
    'platform',
    false,
    'Something failed inside the platform',
    'Give the operator the invocation or request id; the log has the cause.',
  ),
} as const satisfies Record<string, ErrorRow>;
