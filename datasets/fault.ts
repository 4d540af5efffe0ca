/**
 * An outcome that stops a command: bad input of the user, or infrastructure that failed.
 *
 * `message` says what, where and why; `hint` is the next step. `kind` decides the exit code:
 * `input` 2, `infrastructure` 3, `budget` 4.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly hint: string;
  readonly kind: FaultKind;

  constructor(code: string, message: string, options: { hint: string; kind?: FaultKind; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.kind = options.kind ?? 'input';
  }
}

export type FaultKind = 'input' | 'infrastructure' | 'budget';
