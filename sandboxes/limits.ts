const MB = 2 ** 20;

/** Every limit that sandboxes hold, in one place. Durations in milliseconds, sizes in bytes. */
export const limits = {
  engine: {
    /** Engine API of Docker 20.10, the oldest that is supported. */
    minApiVersion: '1.41',
    answerMs: 10_000,
    /** How long any one request may take, a commit of a large layer as well. */
    requestMs: 5 * 60_000,
    /** An answer that takes longer is one of a slow engine. */
    slowMs: 1_000,
  },
  ssh: {
    /** How often ssh asks its other end whether it is there; after three questions without answer it is not. */
    aliveMs: 15_000,
    /** How long a connection that nobody uses is kept for the next request. */
    idleMs: 5_000,
    /** Kept of what it says. */
    saidChars: 4_000,
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
    /** How long killing it may take, with an engine that does not answer any more. */
    killMs: 8_000,
    /** How often a running exec is asked whether its command ended while something else holds its stdout. */
    pollMs: 1_000,
    /** For a list of processes that is asked for inside. */
    listMs: 10_000,
    /** Kept of a pipe's stderr, from its end. */
    stderrTailBytes: 16 * 1024,
  },
  /** Uploads, reads and writes of files. */
  fileMs: 120_000,
  /** An image without a tag is left for this long: one that is being committed gets its tag a moment after it is there. */
  untaggedMs: 10 * 60_000,
  image: {
    /** How long the registry may take to say its first word. */
    registryAnswerMs: 5_000,
    buildMs: 15 * 60_000,
    packagesMs: 5 * 60_000,
  },
} as const;
