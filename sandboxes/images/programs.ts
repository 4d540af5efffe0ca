/** What sandboxes run in an image, and the Debian package of each. */
export const programs: Readonly<Record<string, string>> = {
  sh: 'dash',
  tar: 'tar',
  timeout: 'coreutils',
  head: 'coreutils',
  cat: 'coreutils',
  sleep: 'coreutils',
  env: 'coreutils',
  chown: 'coreutils',
  mkfifo: 'coreutils',
  rm: 'coreutils',
  grep: 'grep',
  setpriv: 'util-linux',
};
