/**
 * The environment of our own git commands: who commits, and no more of the host's than git needs. simple-git refuses
 * editors and pagers, and secrets stay out.
 */
export function gitIdentity(
  at?: Date,
  name = 'Whetstone',
  email = 'whetstone@localhost',
): Record<string, string | undefined> {
  const stamp = at?.toISOString();
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    ...(stamp === undefined ? {} : { GIT_AUTHOR_DATE: stamp, GIT_COMMITTER_DATE: stamp }),
  };
}
