import type { Recipe } from './recipe.ts';

/** Node with git, and `faketime` to move the clock of one process: what code and its tests run on. */
export const node: Recipe = {
  name: 'node',
  debian: {
    suite: 'bookworm',
    registryImage: 'debian:12-slim',
    // libnss-myhostname resolves localhost, as a container without a network has an empty /etc/hosts.
    packages: ['ca-certificates', 'faketime', 'git', 'libnss-myhostname', 'procps', 'tzdata'],
    excluded: ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*', '/usr/share/i18n/*'],
    files: {},
  },
  packages: { tsx: '4.23.15' },
  files: {},
  rootScript: `set -e
groupadd --gid 1000 sandbox
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash sandbox
install -d -o sandbox -g sandbox /target
sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
`,
  userScript: 'true',
  env: {
    PATH: '/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/home/sandbox',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  },
};
