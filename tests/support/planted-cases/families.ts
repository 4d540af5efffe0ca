import type { Draw } from '../../generated-target/draw.ts';

/** A function as its author would have written it, with slips that could have been made in it. */
export interface Family {
  /** What functions of this family are called, before the noun. */
  verbs: readonly string[];
  write(draw: Draw, name: string): Written;
}

export interface Written {
  text: string;
  /** Replacements, each of which makes it wrong for some arguments. */
  slips: readonly (readonly [string, string])[];
  /** Arguments worth a test. */
  inputs: unknown[][];
  /** A sentence on what it does, as a README would have it. */
  about: string;
}

const around = (...values: number[]): number[] =>
  [...new Set(values.flatMap((value) => [value - 1, value, value + 1]))].filter((value) => value >= 0);

const tiers: Family = {
  verbs: ['priceOf', 'feeFor', 'chargeFor'],
  write(draw, name) {
    const light = draw.int(2, 9);
    const heavy = light + draw.int(5, 20);
    const [cheap, middle] = [draw.int(3, 6), draw.int(7, 12)];
    const step = draw.int(2, 5);
    const each = draw.int(2, 4);
    return {
      text: `export function ${name}(weight: number): number {
  if (weight <= ${light}) return ${cheap};
  if (weight <= ${heavy}) return ${middle};
  return ${middle} + Math.ceil((weight - ${heavy}) / ${step}) * ${each};
}
`,
      slips: [
        [`weight <= ${heavy}`, `weight < ${heavy - 2}`],
        ['Math.ceil', 'Math.floor'],
        [`(weight - ${heavy}) / ${step}`, `weight / ${step}`],
      ],
      inputs: [0, ...around(light, heavy), heavy + step, heavy + step + 1, heavy + 3 * step].map((n) => [n]),
      about: `Up to ${light} kg cost ${cheap}, up to ${heavy} kg ${middle}; each ${step} kg begun beyond that cost ${each} more.`,
    };
  },
};

const shares: Family = {
  verbs: ['split', 'divide', 'allot'],
  write(draw, name) {
    const inputs = [
      [0, 3],
      [10, 3],
      [11, 3],
      [9, 3],
      [7, 2],
      [3, 5],
      [draw.int(40, 60), 7],
      [100, draw.pick([6, 7, 9])],
    ];
    return {
      text: `export function ${name}(total: number, parts: number): number[] {
  const share = Math.floor(total / parts);
  const rest = total - share * parts;
  return Array.from({ length: parts }, (_, at) => share + (at < rest ? 1 : 0));
}
`,
      slips: [
        ['at < rest', 'at <= rest'],
        ['share + (at < rest ? 1 : 0)', 'share'],
        ['Math.floor(total / parts)', 'Math.round(total / parts)'],
      ],
      inputs,
      about: 'Shares of a total in whole numbers; what is left over goes to the first ones, one each.',
    };
  },
};

const durations: Family = {
  verbs: ['parse', 'read', 'minutesOf'],
  write(draw, name) {
    const hours = draw.int(2, 9);
    const texts = ['', '5m', `${hours}h`, '1h30m', '2d', `1d ${hours}h 7m`, '90m', '1h1h', '3d2m', '10h 15m'];
    return {
      text: `export function ${name}(text: string): number {
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\\d+)\\s*([dhm])/g)) {
    const size = unit === 'd' ? 1440 : unit === 'h' ? 60 : 1;
    total += Number(count) * size;
  }
  return total;
}
`,
      slips: [
        ['1440', '720'],
        ['total += Number(count) * size', 'total = Number(count) * size'],
        ["unit === 'h' ? 60 : 1", "unit === 'm' ? 60 : 1"],
      ],
      inputs: texts.map((text) => [text]),
      about: 'Minutes of a duration such as 1d 2h 3m.',
    };
  },
};

const pages: Family = {
  verbs: ['pageOf', 'window', 'slice'],
  write(draw, name) {
    const size = draw.int(4, 9);
    return {
      text: `export function ${name}(total: number, page: number): { from: number; to: number; pages: number } {
  const pages = Math.max(1, Math.ceil(total / ${size}));
  const current = Math.min(Math.max(1, page), pages);
  const from = (current - 1) * ${size};
  return { from, to: Math.min(total, from + ${size}), pages };
}
`,
      slips: [
        [`Math.ceil(total / ${size})`, `Math.floor(total / ${size}) + 1`],
        [`Math.min(total, from + ${size})`, `from + ${size}`],
        ['Math.min(Math.max(1, page), pages)', 'Math.max(1, page)'],
      ],
      inputs: [
        [0, 1],
        [1, 1],
        [size, 1],
        [size + 1, 2],
        [2 * size, 2],
        [2 * size, 9],
        [3 * size - 1, 3],
        [2 * size + 1, 0],
        [5 * size, 2],
      ],
      about: `Pages of ${size}: where one begins and ends, and how many there are. A page that is not there is the nearest one.`,
    };
  },
};

const medians: Family = {
  verbs: ['medianOf', 'middleOf', 'centre'],
  write: (draw, name) => ({
    text: `export function ${name}(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[half] ?? 0;
  return ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
`,
    slips: [
      ['.sort((a, b) => a - b)', '.sort()'],
      ['sorted.length % 2 === 1', 'sorted.length > 0'],
      ['sorted[half - 1] ?? 0', 'sorted[half + 1] ?? 0'],
    ],
    inputs: [
      [[]],
      [[draw.int(1, 9)]],
      [[4, 2]],
      [[9, 10, 100]],
      [[100, 9, 10, 11]],
      [[3, 1, 2, 8, 5, 40]],
      [[7, 7, 1, 30, 200]],
      [[draw.int(11, 99), 5, 6, 100]],
    ],
    about: 'The middle value; of an even number of values the mean of the two in the middle; 0 of none.',
  }),
};

const versions: Family = {
  verbs: ['compare', 'order', 'rank'],
  write: (draw, name) => ({
    text: `export function ${name}(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
`,
    slips: [
      ['Math.max(left.length, right.length)', 'Math.min(left.length, right.length)'],
      [
        '(left[at] ?? 0) - (right[at] ?? 0)',
        'Number(String(left[at] ?? 0)[0]) - Number(String(right[at] ?? 0)[0])',
      ],
      ['return Math.sign(difference)', 'return difference'],
    ],
    inputs: [
      ['1.2', '1.2'],
      ['1.2', '1.10'],
      ['2.0', `1.${draw.int(3, 9)}`],
      ['1.0', '1.0.0'],
      ['1.0.3', '1.0'],
      ['1.0', '1.0.1'],
      ['3.4.5', '3.4.7'],
      ['10', '9.9.9'],
    ],
    about: '-1, 0 or 1: which of two versions comes first. Parts that are missing are 0.',
  }),
};

const masks: Family = {
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

const runs: Family = {
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

const months: Family = {
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

const slugs: Family = {
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

const overlaps: Family = {
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

const checksums: Family = {
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

export const FAMILIES: readonly Family[] = [
  tiers,
  shares,
  durations,
  pages,
  medians,
  versions,
  masks,
  runs,
  months,
  slugs,
  overlaps,
  checksums,
];
