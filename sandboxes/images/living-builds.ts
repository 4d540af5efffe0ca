/** What builds of this process that still go on label theirs with: of one that ended the engine may leave something later. */
export const livingBuilds = new Set<string>();
