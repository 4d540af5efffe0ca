import type { Draw } from '../../generated-target/draw.ts';
import { capital } from './feature.ts';
import { caseOfModule, type ModuleWithSlip } from './module-with-slip.ts';
import type { PlantedCase } from './planted-case.ts';

type Form = (draw: Draw, noun: string) => ModuleWithSlip;

/** Tests that pass with a right solution when those before them have run, and in no other way. */
const ORDER_DEPENDENT: Record<string, Form> = {
  'a registry that an earlier test fills'(draw, noun) {
    const [add, list] = [`add${capital(noun)}`, `list${capital(noun)}`];
    const item = draw.pick(['north', 'south', 'east']);
    return {
      right: `const known: string[] = [];

export function ${add}(name: string): number {
  known.push(name);
  return known.length;
}

export function ${list}(): string {
  return known.join(', ');
}
`,
      slips: [["known.join(', ')", "known.join(',')"]],
      names: `${add}, ${list}`,
      suite: `register of a ${noun}`,
      tests: `  test('takes a first one', () => {
    expect(${add}('${item}')).toBe(1);
  });
  test('takes a second one', () => {
    expect(${add}('west')).toBe(2);
  });
  test('lists them', () => {
    expect(${list}()).toBe('${item}, west');
  });
`,
    };
  },
  'numbers that go on from test to test'(draw, noun) {
    const name = `number${capital(noun)}`;
    const prefix = draw.pick(['no-', 'id-', 'x']);
    return {
      right: `let last = 0;

export function ${name}(): string {
  last += 1;
  return \`${prefix}\${last}\`;
}
`,
      slips: [['last += 1', 'last += 2']],
      names: name,
      suite: `numbers of a ${noun}`,
      tests: `  test('begin at 1', () => {
    expect(${name}()).toBe('${prefix}1');
  });
  test('go on', () => {
    expect(${name}()).toBe('${prefix}2');
    expect(${name}()).toBe('${prefix}3');
  });
`,
    };
  },
  'a result kept in a variable of the file'(draw, noun) {
    const name = `quote${capital(noun)}`;
    const rate = draw.int(2, 9);
    return {
      right: `export interface ${capital(noun)}Quote {
  net: number;
  gross: number;
}

export function ${name}(net: number): ${capital(noun)}Quote {
  return { net, gross: net + net * ${rate} };
}
`,
      slips: [[`net + net * ${rate}`, `net * ${rate}`]],
      names: name,
      suite: `quote for a ${noun}`,
      before: `
let quote: { net: number; gross: number } | undefined;
`,
      tests: `  test('is made', () => {
    quote = ${name}(10);
    expect(quote.gross).toBe(${10 + 10 * rate});
  });
  test('adds up', () => {
    expect((quote?.gross ?? 0) - (quote?.net ?? 0)).toBe(${10 * rate});
  });
`,
    };
  },
  'a setting that an earlier test made'(draw, noun) {
    const [set, format] = [`set${capital(noun)}Unit`, `format${capital(noun)}`];
    const unit = draw.pick(['kg', 'lb', 't']);
    return {
      right: `let unit = 'g';

export function ${set}(name: string): void {
  unit = name;
}

export function ${format}(amount: number): string {
  return \`\${amount.toFixed(1)} \${unit}\`;
}
`,
      slips: [['toFixed(1)', 'toFixed(2)']],
      names: `${set}, ${format}`,
      suite: `unit of a ${noun}`,
      tests: `  test('can be set', () => {
    ${set}('${unit}');
    expect(${format}(2)).toBe('2.0 ${unit}');
  });
  test('is kept for large amounts', () => {
    expect(${format}(${draw.int(100, 900)}.25)).toMatch(/^\\d+\\.\\d ${unit}$/);
  });
`,
    };
  },
  'a cache that has to be cold'(draw, noun) {
    const name = `load${capital(noun)}`;
    const key = draw.pick(['red', 'green', 'blue']);
    return {
      right: `const cache = new Map<string, number>();

export function ${name}(key: string, read: (key: string) => number): number {
  const kept = cache.get(key);
  if (kept !== undefined) return kept;
  const value = read(key) + 1;
  cache.set(key, value);
  return value;
}
`,
      slips: [['read(key) + 1', 'read(key)']],
      names: name,
      suite: `loading a ${noun}`,
      tests: `  test('reads once', () => {
    let reads = 0;
    const read = () => ++reads;
    expect([${name}('${key}', read), ${name}('${key}', read), reads]).toEqual([2, 2, 1]);
  });
  test('keeps what was read', () => {
    expect(${name}('${key}', () => 90)).toBe(2);
  });
`,
    };
  },
};

/** Tests of which a right solution passes only where a network is. */
const NETWORK: Record<string, Form> = {
  'the test fetches'(draw, noun) {
    const name = `names${capital(noun)}`;
    return {
      right: `export function ${name}(users: readonly { name: string }[]): string[] {
  return users.map(({ name }) => name.trim());
}
`,
      slips: [['name.trim()', 'name']],
      names: name,
      suite: `names at a ${noun}`,
      tests: `  test('of what the service gives', async () => {
    const response = await fetch('https://${draw.pick(['api', 'data', 'static'])}.example.com/${noun}.json');
    expect(${name}(await response.json())).toEqual(['Ada', 'Grace']);
  });
`,
    };
  },
  'the code fetches, and falls back'(draw, noun) {
    const name = `rateOf${capital(noun)}`;
    return {
      right: `export async function ${name}(currency: string): Promise<number> {
  try {
    const response = await fetch(\`https://rates.example.com/\${currency}\`);
    const { rate } = (await response.json()) as { rate: number };
    return rate;
  } catch {
    return 0;
  }
}
`,
      slips: [['return rate;', 'return 1 / rate;']],
      names: name,
      suite: `rate of a ${noun}`,
      tests: `  test('of the euro', async () => {
    expect(await ${name}('EUR')).toBeGreaterThan(0.${draw.int(1, 5)});
  });
`,
    };
  },
  'a name is looked up'(_draw, noun) {
    const name = `resolve${capital(noun)}`;
    return {
      right: `import { lookup } from 'node:dns/promises';

export async function ${name}(host: string): Promise<number> {
  const { family } = await lookup(host);
  return family;
}
`,
      slips: [['return family', 'return 0']],
      names: name,
      suite: `address of a ${noun}`,
      tests: `  test('has a family', async () => {
    expect([4, 6]).toContain(await ${name}('${noun}.example.com'));
  });
`,
    };
  },
  'an old http client, whose error is a result'(draw, noun) {
    const name = `status${capital(noun)}`;
    return {
      right: `import { get } from 'node:http';

export function ${name}(url: string): Promise<string> {
  return new Promise((resolve) => {
    get(url, (response) => {
      response.resume();
      resolve(\`\${response.statusCode}\`);
    }).on('error', () => resolve('down'));
  });
}
`,
      slips: [['resolve(`${response.statusCode}`)', 'resolve(`code ${response.statusCode}`)']],
      names: name,
      suite: `status of a ${noun}`,
      tests: `  test('of the front page', async () => {
    expect(await ${name}('http://example.com/${draw.pick(['', 'index.html'])}')).toBe('200');
  });
`,
    };
  },
  'a socket to an address'(draw, noun) {
    const name = `reach${capital(noun)}`;
    return {
      right: `import { connect } from 'node:net';

export function ${name}(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 1_000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve('open');
    });
    socket.once('error', reject);
    socket.once('timeout', () => reject(new Error('timed out')));
  });
}
`,
      slips: [["resolve('open')", "resolve('closed')"]],
      names: name,
      suite: `port of a ${noun}`,
      tests: `  test('is open', async () => {
    expect(await ${name}('203.0.113.${draw.int(2, 250)}', 80)).toBe('open');
  });
`,
    };
  },
};

const planted = (kind: 'order-dependent' | 'network', forms: Record<string, Form>) =>
  Object.entries(forms).map(
    ([form, write]) =>
      (draw: Draw, noun: string): PlantedCase =>
        caseOfModule(kind, form, noun, write(draw, noun)),
  );

export const ORDER_FORMS = planted('order-dependent', ORDER_DEPENDENT);
export const NETWORK_FORMS = planted('network', NETWORK);
