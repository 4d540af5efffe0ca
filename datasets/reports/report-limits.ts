/**
 * What is read of a report at most. Measured on a 2-core machine: 32 MiB of `{},` keep JSON.parse busy for 25 s and take
 * 1 GB, of unclosed tags an XML parser for minutes; within these limits the worst that was tried takes a few seconds.
 */
export const REPORT_LIMITS = {
  bytes: 32 * 1024 * 1024,
  tests: 50_000,
  /** Suites inside each other; folders of JSON, elements of XML. */
  depth: 64,
  /** Values in a JSON document, elements in an XML one. */
  values: 1_000_000,
  /** Attributes of one XML element. */
  attributes: 64,
  titleCharacters: 1_000,
  idCharacters: 2_000,
  messageCharacters: 4_000,
  problems: 100,
} as const;
