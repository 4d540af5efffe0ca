const MB = 2 ** 20;

/** Every limit that sandboxes hold, in one place. Durations in milliseconds, sizes in bytes. */
export const limits = {
  engine: {
    /** Engine API of Docker 20.10, the oldest that is supported. */
    minApiVersion: '1.41',
    answerMs: 10_000,
  },
  hardened: {
    memoryBytes: 512 * MB,
    cpus: 1,
    pids: 128,
    shmBytes: 16 * MB,
    tmpBytes: 64 * MB,
    workBytes: 256 * MB,
  },
  service: { memoryBytes: 1024 * MB, cpus: 2, pids: 256, shmBytes: 128 * MB },
  /** Of a sandbox in which code is tested: bytes of its writable layer, and how often they are looked at. */
  disk: { codeBytes: 512 * MB, lookMs: 1_000 },
  files: {
    open: 1024,
    /** PostgreSQL holds a file for each segment and each backend. */
    openService: 16_384,
    /** Largest file a hardened job may write. */
    hardenedBytes: 256 * MB,
    /** `readFile` without `maxBytes`. */
    readBytes: 64 * MB,
  },
  exec: {
    /** Kept of stdout and of stderr each; the rest is dropped. */
    outputBytes: 1 * MB,
    /** Output at which a command is killed, whatever was kept of it. */
    floodBytes: 256 * MB,
    /** From SIGTERM to SIGKILL inside the sandbox. */
    killAfterMs: 1_000,
    /** How long past its own time limit an exec may take to end before the host kills it. */
    graceMs: 3_000,
    /** How often a running exec is asked whether its command ended while something else holds its stdout. */
    pollMs: 1_000,
    /** How long after a command's end its last output is waited for, where something else holds its stdout. */
    drainMs: 100,
    /** Kept of a pipe's stderr, from its end. */
    stderrTailBytes: 16 * 1024,
  },
  /** One for each command that `start` starts; above those that images use, and below what a user namespace maps. */
  groups: { first: 20_000, last: 59_999 },
  environment: {
    /** What is taken where the caller says nothing: without use, altogether, and the bound of `extend`. */
    idleMs: 30 * 60_000,
    ttlMs: 2 * 60 * 60_000,
    maxLifetimeMs: 24 * 60 * 60_000,
    /** PID 1's own deadline stands so far behind the host's. */
    lifetimeGraceMs: 10_000,
    /** In one registry. */
    open: 8,
    /** Commands that run at once, and ended ones of which the output is kept. */
    runningCommands: 16,
    endedCommands: 64,
    /** Of a command run to its end, where the caller gives none. */
    commandMs: 10 * 60_000,
    /** How long killing a command's processes may take before the whole environment is ended. */
    killMs: 30_000,
    /** Kept of stdout and of stderr each, from the end; and at most on demand. */
    outputBytes: 1 * MB,
    maxOutputBytes: 16 * MB,
    /** Written to a command that does not read. */
    stdinBytes: 16 * MB,
    /** One read of a file. */
    readBytes: 16 * MB,
    listEntries: 1_000,
    maxListEntries: 20_000,
    searchMatches: 200,
    maxSearchMatches: 5_000,
    /** Kept of a line that matches, of a path, and how long a search may take. */
    searchLineBytes: 2_000,
    pathBytes: 16 * 1024,
    searchMs: 15_000,
    /** The initial files, a patch, and the tree of which a patch is made. */
    filesBytes: 512 * MB,
    patchBytes: 64 * MB,
    treeBytes: 1024 * MB,
    diffMs: 5 * 60_000,
    /** Of its writable layer, and how often that is looked at. */
    diskBytes: 4096 * MB,
    diskLookMs: 5_000,
    snapshotMs: 7 * 24 * 60 * 60_000,
    labelChars: 200,
  },
  /** Uploads, reads and writes of files. */
  fileMs: 120_000,
  image: {
    /** How long the registry may take to say its first word. */
    registryAnswerMs: 5_000,
    buildMs: 15 * 60_000,
    packagesMs: 5 * 60_000,
  },
} as const;
