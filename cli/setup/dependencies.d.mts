export function staleDependencies(root: string): string | undefined;
export function markDependenciesStale(root: string): void;
