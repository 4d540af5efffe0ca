/**
 * Environment of a git that takes bytes as they are and listens to no configuration, neither the machine's nor a user's.
 * The programs of the image's system folders come before those that its user may write.
 */
export const rawGitEnv = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CEILING_DIRECTORIES: '/',
  GIT_TERMINAL_PROMPT: '0',
  HOME: '/nonexistent',
  LC_ALL: 'C',
};

/**
 * Shell: `raw_git <folder>` makes a bare repository there, outside of every tree, whose attributes overrule those that
 * trees bring: no line ends, encodings, `$Id$`s or filters, and what is binary is seen by its bytes.
 */
export const rawGitScript = `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
raw_git() {
  git init -q --bare --template= -- "$1"
  mkdir -p -- "$1/info"
  echo '* -text -eol -ident -filter -working-tree-encoding !diff !merge !whitespace' > "$1/info/attributes"
  GIT_DIR=$1; export GIT_DIR
  git config core.autocrlf false
  git config core.fileMode true
  git config core.symlinks true
  git config core.ignoreCase false
  git config core.protectNTFS false
  git config core.protectHFS false
  git config core.looseCompression 0
  git config core.attributesFile /dev/null
  git config core.excludesFile /dev/null
}
`;
