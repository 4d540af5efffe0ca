import { describe, expect, test } from 'vitest';
import { inferLogLinePrefix } from './log-line-prefix.ts';

const TIME = '2026-01-31 12:00:00.123 UTC';
const AT = Date.UTC(2026, 0, 31, 12, 0, 0, 123);
const SECOND = Date.UTC(2026, 0, 31, 12);

describe('inferLogLinePrefix', () => {
  test.each([
    [
      '%m [%p] %u@%d ',
      `${TIME} [123] alice@shop `,
      { at: AT, session: '123', user: 'alice', database: 'shop' },
    ],
    [
      '%t:%r:%u@%d:[%p]:',
      '2026-01-31 12:00:00 UTC:10.0.0.1(5432):alice@shop:[123]:',
      { at: SECOND, session: '123', user: 'alice', database: 'shop' },
    ],
    [
      '%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ',
      '2026-01-31 13:00:00 CET [123]: [7-1] user=alice,db=shop,app=my app,client=[local] ',
      { at: SECOND, session: '123', user: 'alice', database: 'shop' },
    ],
    ['%t-%c-', '2026-01-31 12:00:00 UTC-697df840.7b-', { at: SECOND, session: '697df840.7b' }],
    ['%n %p ', '1769860800.123 123 ', { at: AT, session: '123' }],
    [
      'db=%d,user=%u q=%Q ',
      'db=shop,user=alice q=-7379841337508844547 ',
      { user: 'alice', database: 'shop', queryId: '-7379841337508844547' },
    ],
    [
      '%m [%p] %q%u@%d ',
      `${TIME} [123] élise.b@über-shop `,
      { session: '123', user: 'élise.b', database: 'über-shop' },
    ],
    ['<%m> [%p] ', `<${TIME}> [123] `, { at: AT, session: '123' }],
    ['', '', {}],
  ])('%s', (_, prefix, facts) => {
    const head = `${prefix}LOG:  duration: 1.000 ms  statement: SELECT 1\n\tFROM t\n${prefix}ERROR:  nothing\n`;
    const inferred = inferLogLinePrefix(head);
    const match = inferred?.match(head, 0);
    expect(match?.severity).toBe('LOG');
    expect(head.slice(match?.bodyAt).startsWith('duration: ')).toBe(true);
    expect(match?.facts()).toMatchObject(facts);
    expect(inferred?.match(head, head.indexOf('\tFROM'))).toBeUndefined();
  });

  test('names the escapes', () => {
    const of = (prefix: string) => inferLogLinePrefix(`${prefix}LOG:  x\n`)?.text;
    expect(of(`${TIME} [123] alice@shop `)).toBe('%m [%p] %u@%d ');
    expect(of('2026-01-31 12:00:00 UTC:10.0.0.1(5432):alice@shop:[123]:')).toBe('%t:%r:%u@%d:[%p]:');
  });

  test('background processes, other names and lines that the beginning did not show', () => {
    const inferred = inferLogLinePrefix(
      `${TIME} [1] LOG:  starting\n${TIME} [2] a@b LOG:  duration: 1 ms  statement: x\n`,
    );
    const match = (line: string) => inferred?.match(line, 0)?.facts();
    expect(match(`${TIME} [3] carol-x@data.base LOG:  y`)).toMatchObject({
      session: '3',
      user: 'carol-x',
      database: 'data.base',
    });
    expect(match(`${TIME} [4] LOG:  y`)).toMatchObject({ session: '4', user: undefined });
    expect(match(`${TIME} [5] some thing else LOG:  y`)).toMatchObject({ at: AT, session: '5' });
    expect(match('Segmentation fault')).toBeUndefined();
  });

  test('undefined without a severity', () => {
    expect(inferLogLinePrefix('# User@Host: root[root]\nSELECT 1;\n')).toBeUndefined();
  });
});
