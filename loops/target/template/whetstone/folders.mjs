/** Where this target keeps its SQL, relative to its root, in which every command runs. */
export const folders = { queries: 'queries', migrations: 'migrations', refresh: 'refresh' };
