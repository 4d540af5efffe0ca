import { expect, test } from 'vitest';
import { baseImages, labelStages } from './dockerfile.ts';

const labels = { 'dev.whetstone.owner': 'a "b"' };
const LABEL = String.raw`LABEL dev.whetstone.owner="a \"b\""`;

test('labels come after each FROM, wherever it ends, and those of the image last', () => {
  const label = (text: string) => {
    const labelled = labelStages(text, labels, { last: '' });
    expect(labelled.endsWith('\nLABEL last=""\n')).toBe(true);
    return labelled.slice(0, -'\nLABEL last=""\n'.length);
  };
  const text = 'FROM a\nRUN x \\\n  FROM b\n# FROM c\nfrom \\\n# within\n\n  d AS e\nRUN y';
  expect(label(text)).toBe(
    `FROM a\n${LABEL}\nRUN x \\\n  FROM b\n# FROM c\nfrom \\\n# within\n\n  d AS e\n${LABEL}\nRUN y`,
  );
  expect(label('FROM a')).toBe(`FROM a\n${LABEL}`);
  expect(label('# escape=`\nFROM a\nRUN x `\nFROM b\nRUN c:\\\nFROM d\r\n')).toBe(
    `# escape=\`\nFROM a\n${LABEL}\nRUN x \`\nFROM b\nRUN c:\\\nFROM d\r\n${LABEL}\n`,
  );
});

test('base images are what is no stage, with arguments filled in', () => {
  const text = [
    'ARG NODE=20 UNSET TAG="t"',
    `FROM --platform=linux/amd64 node:$${'{NODE}'} AS Build`,
    'ARG LATE=1',
    'FROM build',
    'FROM scratch',
    `FROM base:$${'{UNSET:-fallback}'}`,
    `FROM $NODE/$TAG/$${'{LATE}'}`,
  ].join('\n');
  expect(baseImages(text, {})).toEqual(['node:20', 'base:fallback', '20/t/']);
  expect(baseImages(text, { NODE: '22', UNSET: 'set', TAG: 't' })).toEqual(['node:22', 'base:set', '22/t/']);
});
