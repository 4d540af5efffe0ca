import type Docker from 'dockerode';
import { engineFault } from '../engine/engine-fault.ts';
import { label } from './labels.ts';
import { sandboxUser } from './profiles.ts';
import type { Sandbox } from './sandbox.ts';

/** Commits the writable layer as an image; returns its id. The container stands still meanwhile. */
export async function commitContainer(
  container: Docker.Container,
  tag: string,
  options: Parameters<Sandbox['commit']>[1] = {},
): Promise<string> {
  const at = tag.lastIndexOf(':');
  const repo = at === -1 ? tag : tag.slice(0, at);
  // dockerode sends one set of options as query and body both, unless told apart in a way its types do not know.
  const told: object = {
    _query: { container: container.id, repo, tag: at === -1 ? 'latest' : tag.slice(at + 1) },
    _body: {
      Labels: { [label.image]: repo.slice(repo.indexOf('/') + 1), ...options.labels },
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      User: sandboxUser,
      Cmd: ['sh'],
      Entrypoint: [],
    },
  };
  try {
    const { Id: image } = (await container.commit(told)) as { Id: string };
    return image;
  } catch (error) {
    throw engineFault(error, `the sandbox was committed as ${tag}`);
  }
}
