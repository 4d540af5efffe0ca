import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { Environment } from './environment.ts';
import {
  type EnvironmentOptions,
  openEnvironment,
  type RestoreOptions,
  restoreEnvironment,
} from './open-environment.ts';

/** The environments of one server, by name. Its disposal closes them all. */
export class Environments implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #most: number;
  readonly #open = new Map<string, Promise<Environment>>();
  #closed = false;

  constructor(engine: Engine, options: { most?: number } = {}) {
    this.#engine = engine;
    this.#most = options.most ?? limits.environment.open;
  }

  /** SandboxFault, besides those of `openEnvironment`: `name-taken`, `too-many-environments`, `environments-closed`. */
  open(options: EnvironmentOptions): Promise<Environment> {
    return this.#add(options.name, () => openEnvironment(this.#engine, options));
  }

  restore(snapshotId: string, options: RestoreOptions): Promise<Environment> {
    return this.#add(options.name, () => restoreEnvironment(this.#engine, snapshotId, options));
  }

  fork(from: string, name: string): Promise<Environment> {
    return this.#add(name, async () => (await this.get(from)).fork(name));
  }

  /** SandboxFault `no-such-environment`. */
  async get(name: string): Promise<Environment> {
    const found = await this.#open.get(name);
    if (found !== undefined) return found;
    throw new SandboxFault(
      'no-such-environment',
      `There is no environment ${JSON.stringify(name.slice(0, 80))}.`,
      {
        hint: `Open it, or restore it from a snapshot. There are: ${[...this.#open.keys()].join(', ') || 'none'}.`,
      },
    );
  }

  async list(): Promise<Environment[]> {
    const settled = await Promise.allSettled(this.#open.values());
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  async close(name: string): Promise<void> {
    const environment = await this.get(name);
    await environment[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all((await this.list()).map((environment) => environment[Symbol.asyncDispose]()));
  }

  async #add(name: string, make: () => Promise<Environment>): Promise<Environment> {
    if (this.#closed) {
      throw new SandboxFault('environments-closed', 'No environment is opened any more.', {
        hint: 'The server is ending.',
      });
    }
    if (this.#open.has(name)) {
      throw new SandboxFault('name-taken', `There is an environment ${name} already.`, {
        hint: 'Use it, close it, or take another name.',
      });
    }
    if (this.#open.size >= this.#most) {
      throw new SandboxFault('too-many-environments', `${this.#most} environments are open.`, {
        hint: `Close one of them: ${[...this.#open.keys()].join(', ')}.`,
      });
    }
    const opening = make();
    this.#open.set(name, opening);
    const forget = () => this.#open.delete(name);
    opening.then((environment) => environment.ended.then(forget), forget);
    return await opening;
  }
}
