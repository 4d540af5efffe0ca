import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDurationMessage, parseParameters } from './duration-message.ts';

describe('parseDurationMessage', () => {
  test.each([
    ['duration: 1.234 ms  statement: SELECT 1', { durationMs: 1.234, sql: 'SELECT 1' }],
    ['duration: 0.010 ms  execute <unnamed>: SELECT $1', { durationMs: 0.01, sql: 'SELECT $1' }],
    ['duration: 5 ms  execute fetch from S_1/C_2: SELECT a: b', { durationMs: 5, sql: 'SELECT a: b' }],
    ['duration: 12.000 ms', { durationMs: 12, sql: undefined }],
    ['duration: 1.234 ms  parse <unnamed>: SELECT 1', undefined],
    ['duration: 1.234 ms  bind S_1: SELECT 1', undefined],
    ['duration: 1.234 ms  plan:\nQuery Text: SELECT 1', undefined],
    ['duration: soon', undefined],
    ['connection received: host=[local]', undefined],
  ])('%s', (message, call) => {
    expect(parseDurationMessage(message)).toEqual(call);
  });
});

describe('parseParameters', () => {
  test('reads what PostgreSQL writes', () => {
    const parameter = fc.option(fc.string(), { nil: null });
    fc.assert(
      fc.property(
        fc.array(parameter, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('parameters', 'Parameters'),
        (params, word) => {
          const texts = params.map(
            (text, index) => `$${index + 1} = ${text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`}`,
          );
          expect(parseParameters(`${word}: ${texts.join(', ')}`)).toEqual(params);
        },
      ),
    );
  });

  test.each([
    'prepare: PREPARE a AS SELECT 1',
    "parameters: $1 = 'open",
    "parameters: $1 = 'a' x",
    "parameters: $2 = 'a'",
    '',
  ])('undefined: %s', (detail) => {
    expect(parseParameters(detail)).toBeUndefined();
  });
});
