import type { Recipe } from './recipe.ts';

// Polls every 20 ms where pg_ctl would every 100; the two lock files of a server that was committed while it ran name a
// pid that in this container is another process.
const pgUp = `#!/bin/sh
set -e
pg_isready -q && exit 0
pgrep -u "$(id -u)" -x postgres > /dev/null ||
  rm -f "$PGDATA/postmaster.pid" "$PGHOST"/.s.PGSQL.*.lock
setsid postgres -D "$PGDATA" > /tmp/postgres.log 2>&1 < /dev/null &
tries=0
until pg_isready -q; do
  tries=$((tries + 1))
  if [ $tries -gt 3000 ] || ! kill -0 $! 2> /dev/null; then
    echo "PostgreSQL did not start:" >&2
    tail -n 20 /tmp/postgres.log >&2
    exit 1
  fi
  sleep 0.02
done
`;

const pgDown = `#!/bin/sh
pg_isready -q || pgrep -u "$(id -u)" -x postgres > /dev/null || exit 0
exec pg_ctl -D "$PGDATA" -m fast -w -t 120 stop > /dev/null
`;

const postgresqlConf = `
listen_addresses = ''
unix_socket_directories = '/run/postgresql'
shared_buffers = 256MB
# A container has one or two CPUs: workers would only measure the scheduler.
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
jit = off
# Containers are thrown away: nothing here must survive a power cut, and a disk shared with others must not
# decide what a write costs.
fsync = off
# No replica and no archive: loads and index builds need no WAL.
wal_level = minimal
max_wal_senders = 0
TimeZone = 'UTC'
log_timezone = 'UTC'
# Vacuum and analyze run when the image is made; in the middle of a measurement they would be noise.
autovacuum = off
`;

/** PostgreSQL 15 with its contrib extensions and hypopg, Node, git and SQLite: the contract is docs/target.md. */
export const postgres15: Recipe = {
  name: 'postgres-15',
  debian: {
    suite: 'bookworm',
    registryImage: 'debian:12-slim',
    // libnss-myhostname resolves localhost, as a container without a network has an empty /etc/hosts.
    packages: [
      'ca-certificates',
      'git',
      'libnss-myhostname',
      'postgresql-15',
      'postgresql-15-hypopg',
      'procps',
      'sqlite3',
    ],
    excluded: [
      '/usr/share/man/*',
      '/usr/share/doc/*',
      '/usr/share/locale/*',
      '/usr/share/i18n/*',
      // jit is off, and PostgreSQL does without where the library is missing: 150 MB.
      '/usr/lib/*/libLLVM*',
      '/usr/lib/llvm-*',
      '/usr/lib/*/libz3.so*',
      '/usr/lib/postgresql/*/lib/llvmjit*',
      '/usr/lib/postgresql/*/lib/bitcode/*',
    ],
    files: { '/etc/postgresql-common/createcluster.conf': 'create_main_cluster = false\n' },
  },
  packages: { pg: '8.23.1', tsx: '4.23.15' },
  files: { '/usr/local/bin/pg-up': pgUp, '/usr/local/bin/pg-down': pgDown },
  rootScript: `set -e
groupadd --gid 1000 sandbox
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash sandbox
install -d -o sandbox -g sandbox /store /target /run/postgresql
install -d -o sandbox -g sandbox -m 0700 /pgdata
sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
`,
  // Small WAL segments: the first write to one copies it up from the image.
  userScript: `set -e
initdb -D "$PGDATA" -U sandbox --encoding=UTF8 --locale=C.UTF-8 --lc-collate=C --auth=trust --wal-segsize=1 --no-sync > /dev/null
cat >> "$PGDATA/postgresql.conf" <<'CONF'
${postgresqlConf}CONF
pg-up
createdb --maintenance-db=postgres target
vacuumdb --all --freeze --analyze --quiet
pg-down
rm -f /tmp/postgres.log
`,
  env: {
    PATH: '/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/home/sandbox',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PGDATA: '/pgdata',
    PGHOST: '/run/postgresql',
    PGDATABASE: 'target',
    PGUSER: 'sandbox',
    STORE_DIR: '/store',
  },
};
