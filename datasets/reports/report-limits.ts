/**
 * What is read of a report at most. On a 2-core machine, 32 MiB of `{},` kept JSON.parse busy for 25 s and took 1 GB, and
 * as many of unclosed tags an XML parser for minutes; what was measured within the limits is in docs/decisions/test-reports.md.
 */
export const REPORT_LIMITS = {
  bytes: 32 * 1024 * 1024,
  tests: 50_000,
  /** Suites inside each other; folders of JSON, elements of XML. */
  depth: 64,
  /** Values in JSON, or lines. */
  values: 1_000_000,
  /** Of XML. */
  elements: 250_000,
  /** Attributes of one XML element. */
  attributes: 64,
  titleCharacters: 1_000,
  idCharacters: 2_000,
  messageCharacters: 4_000,
  problems: 100,
} as const;
