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
    /** Files and folders in each of the two. */
    files: 65_536,
  },
  service: { memoryBytes: 1024 * MB, cpus: 2, pids: 256, shmBytes: 128 * MB },
  /** Of a kernel in user space, for each process that a sandbox in it may have. */
  threadsPerProcess: 8,
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
    /** How long after a command's end its last output is waited for, where something else holds its stdout. */
    drainMs: 100,
    /** Kept of a pipe's stderr, from its end. */
    stderrTailBytes: 16 * 1024,
  },
  trials: {
    /** From a container's start to its supervisor's first line. */
    readyMs: 30_000,
    /** How long past a job's time its supervisor may take to report before its container is removed. */
    graceMs: 5_000,
    /** How long a container may wait for a job; those that waited so long are replaced. */
    idleMs: 10 * 60_000,
    /** The longest that a job may need of a spare container; one that needs more gets a container of its own. */
    spareJobMs: 15 * 60_000,
    /** Command and environment of a job. */
    scriptBytes: 100 * 1024,
    /** Containers that a job may use up. */
    attempts: 3,
    /** How long an engine that stopped answering is waited for. */
    engineReturnMs: 60_000,
    /** Until a job is tried again; four times that after the first container that was lost, and so on. */
    againMs: 250,
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
    /** How often a proxy that was killed from inside is started again. */
    networkReopens: 5,
    /** Of its writable layer, and how often that is looked at. */
    diskBytes: 4096 * MB,
    diskLookMs: 5_000,
    snapshotMs: 7 * 24 * 60 * 60_000,
    labelChars: 200,
  },
  /** Uploads, reads and writes of files. */
  fileMs: 120_000,
  network: {
    /** Of the proxy inside the sandbox; a free one where it is taken. */
    port: 3128,
    /** From sandbox to proxy, and from proxy to hosts. More wait inside the sandbox. */
    connections: 128,
    /** In a proxy's life, refused ones and questions to DNS among them: at this many it ends. */
    requests: 100_000,
    /** In a proxy's life, up counted with all that the sandbox says to the proxy: at this many it ends. */
    upBytes: 1024 * MB,
    downBytes: 8 * 1024 * MB,
    /** Of one connection, received and not yet read: by us, and by the sandbox, whose own memory it is. */
    upWindowBytes: MB / 4,
    downWindowBytes: MB,
    /** One piece of a connection on the pipe. */
    frameBytes: 64 * 1024,
    /** HTTP/2's own state of the connections. */
    sessionMemoryMB: 16,
    /** Of a request, and of an answer. */
    headerBytes: 16 * 1024,
    /** TLS's first message, and how long it may take to come. */
    helloBytes: 16 * 1024,
    helloMs: 10_000,
    /** To resolve a name, and to connect to one of its addresses, of which this many are tried. */
    lookupMs: 10_000,
    connectMs: 10_000,
    addresses: 4,
    /** A connection on which nothing moves; a model may think for minutes before it answers. */
    idleMs: 10 * 60_000,
    /** From its start to the word that the proxy inside the sandbox listens. */
    readyMs: 15_000,
    /** The latest; all are counted. */
    refusalsKept: 1_000,
    /** Of a host's name in an event; the rest is cut off. */
    nameLength: 255,
  },
  /** An image without a tag is left for this long: one that is being committed gets its tag a moment after it is there. */
  untaggedMs: 10 * 60_000,
  image: {
    /** How long the registry may take to say its first word. */
    registryAnswerMs: 5_000,
    buildMs: 15 * 60_000,
    /** The longest line of the engine's progress. */
    progressBytes: 4 * MB,
    packagesMs: 5 * 60_000,
  },
  /** What may go into the build of a Dockerfile. */
  context: {
    bytes: 1024 * MB,
    fileBytes: 512 * MB,
    entries: 50_000,
    /** Dockerfile and .dockerignore, each. */
    textBytes: 1 * MB,
    /** Kept of what a build says, for its fault. */
    tailLines: 20,
    /** How long what a build began may take to be gone after it was broken off. */
    cleanUpMs: 20_000,
  },
  /** How long images stay, and what must be free before one is made. */
  keeping: {
    /** What was used since is never removed for space. */
    recentMs: 60 * 60_000,
    /** A use is noted so often at most. */
    noteMs: 60_000,
    /** Of an owner's images, where nothing else is said. */
    budgetBytes: 10 * 1024 * MB,
    /** Left free for all else, or this share of a small disk. */
    reserveBytes: 1024 * MB,
    reserveShare: 0.05,
    /** What an image takes at most that adds to another, unless its maker knows better. */
    bakeBytes: 256 * MB,
    /** Of a base image, and of a Dockerfile's beside its context. */
    baseBytes: 512 * MB,
    /** Of all that a machine's first target needs; what `doctor` asks for. */
    firstBytes: 5 * 1024 * MB,
  },
} as const;
