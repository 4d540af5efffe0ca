/** One label value for each state directory: two of them on one engine never touch each other's containers. */
export function engineOwner(stateDirectory: string): string {
  return stateDirectory.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, '');
}
