import type { Family } from './family.ts';

export const masks: Family = {
  verbs: ['mask', 'hide', 'conceal'],
  write(draw, name) {
    const keep = draw.int(2, 4);
    const mark = draw.pick(['*', '#', 'x']);
    const word = 'abcdefghijkl';
    return {
      text: `export function ${name}(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length <= ${keep}) return '${mark}'.repeat(trimmed.length);
  return '${mark}'.repeat(trimmed.length - ${keep}) + trimmed.slice(-${keep});
}
`,
      slips: [
        [`trimmed.length <= ${keep}`, `trimmed.length < ${keep - 1}`],
        [`'${mark}'.repeat(trimmed.length - ${keep})`, `'${mark}'.repeat(${keep})`],
        ['const trimmed = text.trim()', 'const trimmed = text'],
      ],
      inputs: [
        '',
        'a',
        word.slice(0, keep),
        word.slice(0, keep + 1),
        word,
        ' 12345678 ',
        ` ${word.slice(0, keep)}`,
      ].map((text) => [text]),
      about: `All but the last ${keep} characters become ${mark}, and all of a text that is no longer than that. Blanks around it go.`,
    };
  },
};

export const runs: Family = {
  verbs: ['compress', 'encode', 'shorten'],
  write: (draw, name) => ({
    text: `export function ${name}(text: string): string {
  let result = '';
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    count += 1;
    if (text[at] === text[at + 1]) continue;
    result += count > 1 ? \`\${text[at]}\${count}\` : text[at];
    count = 0;
  }
  return result;
}
`,
    slips: [
      ['count > 1', 'count > 2'],
      ['    count = 0;\n', ''],
      ['count > 1 ? `${text[at]}${count}` : text[at]', '`${text[at]}${count}`'],
    ],
    inputs: ['', 'a', 'aab', 'abc', 'aaabccd', 'zz', `x${'y'.repeat(draw.int(4, 11))}`, 'aabbaa'].map(
      (text) => [text],
    ),
    about: 'Letters that stand in a row are written once, with how many they are: aaab becomes a3b.',
  }),
};

export const months: Family = {
  verbs: ['daysOf', 'lengthOf', 'daysIn'],
  write: (draw, name) => ({
    text: `export function ${name}(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
`,
    slips: [
      ['(year % 4 === 0 && year % 100 !== 0) || year % 400 === 0', 'year % 4 === 0'],
      ['[4, 6, 9, 11]', '[4, 6, 8, 11]'],
      [' || year % 400 === 0', ''],
    ],
    inputs: [
      [2023, 2],
      [2024, 2],
      [1900, 2],
      [2100, 2],
      [2000, 2],
      [2400, 2],
      [2023, 9],
      [2023, 8],
      [draw.int(1990, 2030), draw.pick([4, 6])],
      [2023, 12],
      [2023, 11],
    ],
    about: 'The days of a month in the Gregorian calendar.',
  }),
};

export const slugs: Family = {
  verbs: ['slugOf', 'handleOf', 'keyOf'],
  write(draw, name) {
    const most = draw.int(9, 14);
    return {
      text: `export function ${name}(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  let slug = '';
  for (const word of words) {
    const next = slug === '' ? word : \`\${slug}-\${word}\`;
    if (next.length > ${most}) break;
    slug = next;
  }
  return slug;
}
`,
      slips: [
        [`next.length > ${most}`, `next.length >= ${most - 3}`],
        ['title.toLowerCase()', 'title'],
        ["slug === '' ? word : `${slug}-${word}`", '`${slug}-${word}`'],
      ],
      inputs: [
        '',
        'One',
        'Two Words',
        'a,  b & c!',
        'x'.repeat(most),
        'x'.repeat(most + 1),
        `ab ${'y'.repeat(most - 3)}`,
        `ab ${'y'.repeat(most - 2)}`,
        'Ein Haus am See',
      ].map((title) => [title]),
      about: `A title in lower case with dashes, by whole words, at most ${most} characters.`,
    };
  },
};

export const overlaps: Family = {
  verbs: ['overlapOf', 'sharedBy', 'common'],
  write: (draw, name) => ({
    text: `export function ${name}(a: readonly number[], b: readonly number[]): number {
  const [aStart = 0, aEnd = 0] = a;
  const [bStart = 0, bEnd = 0] = b;
  const start = Math.max(aStart, bStart);
  const end = Math.min(aEnd, bEnd);
  return end > start ? end - start : 0;
}
`,
    slips: [
      ['end > start ? end - start : 0', 'end - start'],
      ['Math.max(aStart, bStart)', 'bStart'],
      ['Math.min(aEnd, bEnd)', 'aEnd'],
    ],
    inputs: [
      [
        [0, 5],
        [3, 9],
      ],
      [
        [3, 9],
        [0, 5],
      ],
      [
        [0, 9],
        [2, 4],
      ],
      [
        [2, 4],
        [0, draw.int(9, 20)],
      ],
      [
        [0, 3],
        [3, 6],
      ],
      [
        [0, 2],
        [5, 8],
      ],
      [
        [5, 8],
        [0, 2],
      ],
      [
        [1, 2],
        [1, 2],
      ],
    ],
    about: 'How long two spans, each a start and an end, are both open.',
  }),
};

export const checksums: Family = {
  verbs: ['check', 'isValid', 'accepts'],
  write(draw, name) {
    const base = draw.pick([9, 10, 11]);
    return {
      text: `export function ${name}(digits: string): boolean {
  if (digits.length < 2) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const value = Number(digits[at]) * (at % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % ${base} === 0;
}
`,
      slips: [
        ['at % 2 === 0', 'at % 2 === 1'],
        ['value > 9 ? value - 9 : value', 'value'],
        [`sum % ${base}`, `sum % ${base + 2}`],
      ],
      inputs: ['', '0', '00', '18', '59', '63', '1234', '55', '9971', '70', '26', '83', '4716', '505'].map(
        (one) => [one],
      ),
      about: `Every second digit counts twice, less 9 where that is more than 9; the sum has to divide by ${base}.`,
    };
  },
};
