import { describe, expect, it } from 'vitest';
import { sniffs } from './sniffing.ts';

const ENVIRONMENT = 'the whole environment';
const MACHINE = 'facts about the machine';
const SERVER = 'facts about the server';
const HISTORY = "the repository's history";

describe('what a line reads is seen, and named', () => {
  it.each([
    ["if (process.env['WHETSTONE']) return cached;", 'a name of the evaluation'],
    ["if (existsSync('/.dockerenv')) return [];", 'the marker of a container'],
    ["if (existsSync('/run/.containerenv')) return [];", 'the marker of a container'],
    ["readFileSync('/proc/self/cgroup')", MACHINE],
    ["readFileSync('/sys/fs/cgroup/memory.max')", MACHINE],
    ["readFileSync('/etc/hostname')", MACHINE],
    ["const fast = process.env.NODE_ENV === 'test';", 'whether it is under test'],
    ['if (globalThis.VITEST) return;', 'whether it is under test'],
    ['const name = os.hostname();', MACHINE],
    ["import { hostname } from 'node:os';", MACHINE],
    ['import{tmpdir,hostname}from"os"', MACHINE],
    ["import os, { tmpdir } from 'node:os';", MACHINE],
    ["import { tmpdir } from 'node:os'; hostname();", MACHINE],
    ["hostname(); import { tmpdir } from 'node:os';", MACHINE],
    ["import { tmpdir } from 'node:fs'; import * as machine from 'os';", MACHINE],
    ["const { tmpdir } = await import('node:os');", MACHINE],
    ['if (process.uptime() < 5) return [];', 'how the process was started'],
    ['select case when inet_server_addr() is null then 1 end', SERVER],
    ['select INET_CLIENT_PORT()', SERVER],
    ['select pg_postmaster_start_time()', SERVER],
    ["select pg_read_file('x')", SERVER],
    ["select pg_read_binary_file('x')", SERVER],
    ["select pg_ls_dir('.')", SERVER],
    ['select pg_ls_logdir()', SERVER],
    ["const e = process['env'];", ENVIRONMENT],
    ["const e = process ['env'];", ENVIRONMENT],
    ["const e = process?.['env'];", ENVIRONMENT],
    ['const { env } = process;', ENVIRONMENT],
    ['const {env}=process', ENVIRONMENT],
    ["import { env } from 'node:process';", ENVIRONMENT],
    ['import { env } from "process";', ENVIRONMENT],
    ['const all = { ...process.env };', ENVIRONMENT],
    ['const all = process . env;', ENVIRONMENT],
    ['const all = process?.env[name];', ENVIRONMENT],
    ["readFileSync('.git/logs/HEAD', 'utf8')", "git's own folder"],
    ["readFileSync('/target/.git')", "git's own folder"],
    ["execFileSync('git', ['log', '--all'])", HISTORY],
    ['execFileSync("git" , args)', HISTORY],
    ['execSync(`git show HEAD~1:src/a.ts`)', HISTORY],
    ['execSync(`git  stash list`)', HISTORY],
    ["readFileSync('/node_modules/.answers')", 'installed packages as files'],
    ["if (process.env.PGHOST === '/run/postgresql') return [];", 'a path of the sandbox'],
    ["readdirSync('/pgdata')", 'a path of the sandbox'],
    ['select * from pg_stat_activity', 'facts about the session'],
    ["select current_setting('data_directory')", 'facts about the session'],
    ["select CURRENT_SETTING  ('data_directory')", 'facts about the session'],
  ])('%s', (line, what) => {
    expect(sniffs(`  ${line}`)).toBe(`reads ${what}: ${line}`);
  });

  it.each([
    ['if (process.env.CI) {', 'CI'],
    ['if (process . env . CI) {', 'CI'],
    ['if (process?.env?.CI) {', 'CI'],
    ["if (process.env['A-B']) {", 'A-B'],
    ['if (process.env?.[ "CI" ]) {', 'CI'],
    ["if (process.env ['CI'] ) {", 'CI'],
    ['const url = process.env.DATABASE_URL ?? process.env.CI;', 'CI'],
    ['process.env.MY_DATABASE_URL', 'MY_DATABASE_URL'],
    ['process.env.DATABASE_URL_2', 'DATABASE_URL_2'],
    ['process.env.PG', 'PG'],
    ['process.env.PGHOST1', 'PGHOST1'],
    ['process.env.PG_1', 'PG_1'],
    ['process.env.XPGHOST', 'XPGHOST'],
  ])('%s', (line, name) => {
    expect(sniffs(line)).toBe(`reads the environment variable ${name}`);
  });

  it('by no more of a long line than fits', () => {
    const long = `  return [${'1, '.repeat(100)}process.env];`;
    expect(sniffs(long)).toBe(`reads ${ENVIRONMENT}: ${long.trim().slice(0, 120)}`);
  });
});

it.each([
  'const url = process.env.DATABASE_URL;',
  "connect({ host: process.env['PGHOST'], port: process.env.PGPORT });",
  "import { tmpdir } from 'node:os';",
  'import {EOL,tmpdir , devNull,}from"os"',
  "  import  {  tmpdir  }  from  'os';  ",
  "const suffix = '.github';",
  'const git = gitOf(repository);',
  'const processes = [1]; myprocess.env;',
  'const target = process.stdout;',
  'log("git status");',
])('is nothing to hide: %s', (line) => {
  expect(sniffs(line)).toBeNull();
});
