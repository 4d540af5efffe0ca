import { SandboxFault } from '../../sandboxes/fault.ts';

/** Our own step failed in a sandbox: the machine's fault, never a fact about the code in it. */
export const stepFault = (code: 'sandbox-step-failed' | 'postgres-down', message: string): SandboxFault =>
  new SandboxFault(code, message, {
    hint: 'run the command again; `whetstone doctor` shows the state of the engine and the disk',
  });
