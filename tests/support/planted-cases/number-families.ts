import type { Family } from './family.ts';

const around = (...values: number[]): number[] =>
  [...new Set(values.flatMap((value) => [value - 1, value, value + 1]))].filter((value) => value >= 0);

export const tiers: Family = {
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

export const shares: Family = {
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

export const durations: Family = {
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

export const pages: Family = {
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

export const medians: Family = {
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

export const versions: Family = {
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
