import type { Sandbox } from '../../sandboxes/containers/sandbox.ts';
import type { TargetExport } from './export-target.ts';
import { stepFault } from './step-fault.ts';

const STEP_TIMEOUT_MS = 5 * 60_000;

/** A fact about the patch, not about the machine; the message is git's. */
export class PatchDoesNotApply extends Error {}

/** Exit code 0 where /target is a clean checkout of the tree $1. */
const IS_LAID =
  'test "$(git rev-parse -q --verify "HEAD^{tree}")" = "$1" && test -z "$(git status --porcelain --ignored)"';

/** Puts an export in /target as a repository with one commit; the data image has that of its own revision. */
export async function layTarget(
  sandbox: Sandbox,
  exported: TargetExport,
  signal: AbortSignal,
): Promise<void> {
  const laid = await sandbox.exec(['sh', '-c', IS_LAID, 'sh', exported.tree], {
    cwd: '/target',
    timeoutMs: 30_000,
    signal,
  });
  if (laid.exitCode === 0) return;
  await mustRun(sandbox, ['bash', '-c', 'find /target -mindepth 1 -delete'], signal);
  await sandbox.upload('/target', exported.tar);
  const script =
    'git init -q -b main . && git config user.name whetstone && git config user.email whetstone@localhost && ' +
    'git config gc.auto 0 && git add --all --force && git commit -q --no-verify -m base';
  await mustRun(sandbox, ['bash', '-c', script], signal);
}

export async function applyPatch(sandbox: Sandbox, patch: string, signal: AbortSignal): Promise<void> {
  const applied = await sandbox.exec(['git', 'apply', '--whitespace=nowarn', '-'], {
    cwd: '/target',
    stdin: patch,
    timeoutMs: 30_000,
    signal,
  });
  if (applied.exitCode !== 0) throw new PatchDoesNotApply(lastLines(applied));
}

/** Our own command in a sandbox: its failure is the machine's. */
export async function mustRun(
  sandbox: Sandbox,
  command: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const result = await sandbox.exec(command, { cwd: '/target', timeoutMs: STEP_TIMEOUT_MS, signal });
  if (result.exitCode !== 0) {
    throw stepFault(
      'sandbox-step-failed',
      `\`${command.join(' ')}\` failed in a sandbox: ${lastLines(result)}`,
    );
  }
}

export const lastLines = (result: { stdout: string; stderr: string }): string =>
  (result.stderr.trim() || result.stdout.trim()).slice(-800);
