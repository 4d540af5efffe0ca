import path from 'node:path';

/**
 * The folder above the state directories of all targets that chose no other; set-up records there what it did to the
 * machine: `/var/lib/whetstone` for root, else `$XDG_STATE_HOME/whetstone`.
 */
export function machineFolder(env: NodeJS.ProcessEnv, uid = process.getuid?.()): string {
  if (uid === 0) return '/var/lib/whetstone';
  const xdg = env['XDG_STATE_HOME'];
  const base =
    xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(env['HOME'] ?? '/tmp', '.local/state');
  return path.join(base, 'whetstone');
}
