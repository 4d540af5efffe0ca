// Runs in vitest's worker, in the tests' container alone: turns the first expectation of one test into its opposite.
import { writeFileSync } from 'node:fs';
import { beforeEach, chai } from 'vitest';

const wanted = process.env.WHETSTONE_TWIN;
const TURNED = '/tmp/twin-turned';
let armed = false;

function titlesOf(task) {
  const titles = [];
  for (let at = task; at?.name && at.type !== undefined && at !== task.file; at = at.suite)
    titles.unshift(at.name);
  return JSON.stringify(titles);
}

beforeEach(({ task }) => {
  armed = titlesOf(task) === wanted;
});

chai.use(({ Assertion }, utils) => {
  const names = Object.getOwnPropertyNames(Assertion.prototype).filter((name) => /^to[A-Z]/.test(name));
  for (const name of names) {
    const { value: matcher } = Object.getOwnPropertyDescriptor(Assertion.prototype, name);
    if (typeof matcher !== 'function') continue;
    Assertion.prototype[name] = function (...expected) {
      if (armed) {
        armed = false;
        utils.flag(this, 'negate', !utils.flag(this, 'negate'));
        writeFileSync(TURNED, name);
      }
      return matcher.apply(this, expected);
    };
  }
});
