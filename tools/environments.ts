import { randomUUID } from 'node:crypto';
import { Fault } from '../datasets/fault.ts';
import type { Sandbox } from '../sandboxes/containers/sandbox.ts';
import type { Principal } from './define-tool.ts';
import type { Services } from './services.ts';

/** Handles to live sandboxes, each with an owner; disposing it removes every sandbox that is left. */
export function createEnvironments(
  open: (caseId: string, signal: AbortSignal) => Promise<Sandbox>,
): Services['environments'] & AsyncDisposable {
  const live = new Map<string, { owner: string; sandbox: Sandbox }>();

  const find = (env: string, caller: Principal) => {
    const entry = live.get(env);
    if (!entry || entry.owner !== caller.id) {
      throw new Fault('no-such-environment', `there is no environment ${env}`, {
        hint: 'make one with env_create and use the handle that it returns',
      });
    }
    return entry;
  };

  return {
    async create(caseId, owner, signal) {
      const sandbox = await open(caseId, signal);
      const env = `env_${randomUUID()}`;
      live.set(env, { owner: owner.id, sandbox });
      return env;
    },
    get: (env, caller) => find(env, caller).sandbox,
    async destroy(env, caller) {
      const { sandbox } = find(env, caller);
      live.delete(env);
      await sandbox[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      const left = [...live.values()];
      live.clear();
      await Promise.allSettled(left.map(({ sandbox }) => sandbox[Symbol.asyncDispose]()));
    },
  };
}
