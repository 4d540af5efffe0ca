/**
 * A sandbox that could not be had or that died: never a score. `hint` is the next step for the person who runs
 * the command; `cause` is the engine's own error.
 */
export class SandboxFault extends Error {
  override readonly name = 'SandboxFault';
  readonly code: string;
  readonly hint: string;
  readonly kind = 'infrastructure';

  constructor(code: string, message: string, options: { hint: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
