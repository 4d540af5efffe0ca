import { z } from 'zod';
import { defineCommand } from '../define-command.ts';
import { Check } from '../doctor/check.ts';
import { checkEngine, checkImageSource } from '../doctor/check-engine.ts';
import {
  checkDatabase,
  checkDependencies,
  checkDisk,
  checkMachine,
  checkNode,
  checkProgram,
} from '../doctor/check-host.ts';
import { machineFolder } from '../setup/machine-folder.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'check each prerequisite and name the remedy of what is missing',
  examples: ['whetstone doctor', 'whetstone doctor --json | jq \'.checks[] | select(.state != "ok")\''],
  args: [],
  options: [],
  input: z.object({}),
  output: z.object({ checks: z.array(Check) }),
  async run(_, { env, signal, state }) {
    const [npm, git, engine, disk, database] = await Promise.all([
      checkProgram('npm', 'Install npm; it comes with Node (https://nodejs.org).'),
      checkProgram('git', 'Install git: on Debian or Ubuntu `sudo apt-get install -y git`.'),
      checkEngine(env, signal),
      checkDisk('state-disk', state ?? machineFolder(env), 2),
      checkDatabase(env),
    ]);
    const imagesThere = engine.some(({ name, state }) => name === 'images' && state === 'ok');
    const source = await checkImageSource(env, !imagesThere);
    const checks = [
      checkNode(),
      npm,
      git,
      checkDependencies(),
      ...engine,
      source,
      disk,
      database,
      ...checkMachine(),
    ];
    const well = checks.every((check) => check.state === 'ok' || !check.needed);
    return { document: { checks }, text: checks.map(line).join('\n'), exitCode: well ? 0 : 1 };
  },
});

function line({ name, state, found, remedy }: Check): string {
  const remedyLine = remedy === '' ? '' : `\n${' '.repeat(26)}→ ${remedy}`;
  return `${state.padEnd(8)} ${name.padEnd(16)} ${found}${remedyLine}`;
}
