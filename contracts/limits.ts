/** Limits and their defaults; units are in the names. What an operator can change is named with its setting. */

/** A page of linear memory (core specification, section 2.3.8 "memory types"). */
export const pageBytes = 65_536;

export const limits = {
  /** `timeoutMs` of a function that says nothing, and the most it may ask for (BANTAM_MAX_TIMEOUT_MS). */
  defaultTimeoutMs: 30_000,
  maxTimeoutMs: 300_000,
  /** `memoryBytes` of a function that says nothing, and the most it may ask for (BANTAM_MAX_MEMORY_BYTES). */
  defaultMemoryBytes: 134_217_728,
  maxMemoryBytes: 1_073_741_824,
  /** `concurrency` of a function that says nothing: calls in flight per gateway. */
  defaultConcurrency: 1_000,
  maxConcurrency: 100_000,
  /** Largest uploaded module (BANTAM_MAX_MODULE_BYTES) and largest body of a call (BANTAM_MAX_BODY_BYTES). */
  maxModuleBytes: 67_108_864,
  maxBodyBytes: 6_291_456,
  /** What a module may declare; past it the publish is refused. */
  maxMemories: 8,
  maxTables: 16,
  maxTableElements: 100_000,
  maxImports: 10_000,
  maxExports: 10_000,
  maxNameBytes: 1_024,
  /** Of a component: value types, written out, in all its exported signatures. */
  maxTypeNodes: 10_000,
  /** What a guest may answer (standard output, a response body), and write to its log per call. */
  maxAnswerBytes: 16_777_216,
  maxLogBytes: 262_144,
  /** Assets of a function: entries, and all contents (BANTAM_MAX_ASSET_BYTES). */
  maxAssetEntries: 20_000,
  maxAssetBytes: 67_108_864,
  /** `args` and `env` of a function together: they travel with every call. */
  maxArgumentBytes: 65_536,
  /** Value of a secret, and secrets of a function. */
  maxSecretBytes: 65_536,
  maxSecrets: 64,
  /** Aliases of a function, and versions that share the calls of one. */
  maxAliases: 50,
  maxReleaseVersions: 10,
  /** Of asynchronous invocations: attempts, the wait before the second and before later ones, their age, and their delay when accepted. */
  defaultAttempts: 3,
  maxAttempts: 100,
  defaultBackoffMs: 1_000,
  maxBackoffMs: 900_000,
  defaultAsyncAgeMs: 21_600_000,
  maxAsyncAgeMs: 1_209_600_000,
  maxDelayMs: 604_800_000,
  /** Invocations that lead to one another as destinations. */
  maxDestinationDepth: 16,
  /** Attempts kept in the record of an invocation. */
  maxRecordedAttempts: 50,
  /** A long poll. */
  maxWaitMs: 300_000,
  maxIdempotencyKeyBytes: 255,
  /** For how long an idempotency key means the same invocation. */
  idempotencyAgeMs: 86_400_000,
  /** Event streams open at a gateway. */
  maxEventStreams: 1_000,
  /** Logs followed at a gateway. */
  maxLogStreams: 100,
} as const;
