import { Fault } from '../../datasets/fault.ts';
import { connectEngine, type Engine } from '../../sandboxes/engine/engine.ts';
import { explainError } from '../explain-error.ts';
import { ask, canAsk } from './ask.ts';
import { chooseEngineRemedy, type EngineRemedy } from './choose-engine-remedy.ts';
import { readMachineFacts } from './machine-facts.ts';

/** An engine that answers, or what set-up is agreed to do for one. Throws where only the user can help. */
export async function findEngine(options: {
  env: NodeJS.ProcessEnv;
  owner: string;
  yes: boolean;
  signal: AbortSignal;
}): Promise<Engine | Exclude<EngineRemedy, { kind: 'stop' }>> {
  const { env, owner, yes, signal } = options;
  try {
    return await connectEngine({ endpoint: env['DOCKER_HOST'] || undefined, owner, signal });
  } catch (error) {
    signal.throwIfAborted();
    const why = explainError(error);
    const remedy = chooseEngineRemedy(readMachineFacts(env), why);
    if (remedy.kind === 'stop') throw remedy.fault;
    if (yes || !canAsk()) return remedy;
    const plan =
      remedy.kind === 'start'
        ? 'Start dockerd'
        : `Install ${remedy.packages.join(', ')} by apt-get, and start dockerd`;
    if (await ask(`${why.message} ${plan}?`, signal)) return remedy;
    throw new Fault('declined', `${why.message} Set-up was told not to mend that.`, {
      hint: 'Start a Docker Engine yourself, or run the same command again with --yes.',
    });
  }
}
