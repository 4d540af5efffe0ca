import { SaxesParser } from 'saxes';
import { REPORT_LIMITS } from './report-limits.ts';

export interface XmlVisitor {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  /** Text between two tags, or one CDATA section. */
  text(text: string): void;
}

const CHUNK_CHARACTERS = 65_536;
const DOCTYPE = 'It has a DOCTYPE, which no report needs.';

/**
 * Walks an XML document and returns why it stopped before its end, if it did: what is visited until then was well-formed.
 * A DOCTYPE stops it, so that there are no entities but the five of XML itself; so does what is beyond the limits.
 */
export function walkXml(text: string, visitor: XmlVisitor): string | undefined {
  const parser = new SaxesParser();
  let stopped: string | undefined;
  const stop = (reason: string): void => {
    stopped ??= reason;
  };
  let depth = 0;
  let elements = 0;
  let attributes = 0;

  /** Ended, but not told yet: where another element is still open inside one, saxes ends that first, then it complains. */
  let ended: string | undefined;
  const tellEnd = (): void => {
    if (ended !== undefined && stopped === undefined) visitor.close(ended);
    ended = undefined;
  };

  parser.on('error', (error) => stop(`It is no well-formed XML, or cut off: ${error.message}`));
  parser.on('doctype', () => stop(DOCTYPE));
  parser.on('opentagstart', () => {
    tellEnd();
    attributes = 0;
    elements += 1;
    depth += 1;
    if (depth > REPORT_LIMITS.depth) stop(`It nests deeper than ${REPORT_LIMITS.depth} elements.`);
    if (elements > REPORT_LIMITS.elements) stop(`It has more than ${REPORT_LIMITS.elements} elements.`);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > REPORT_LIMITS.attributes)
      stop(`An element has more than ${REPORT_LIMITS.attributes} attributes.`);
  });
  parser.on('opentag', (tag) => {
    if (stopped === undefined) visitor.open(tag.name, tag.attributes);
  });
  parser.on('closetag', (tag) => {
    tellEnd();
    depth -= 1;
    ended = tag.name;
    if (tag.isSelfClosing) tellEnd();
  });
  for (const kind of ['text', 'cdata'] as const) {
    parser.on(kind, (content) => {
      tellEnd();
      if (stopped === undefined) visitor.text(content);
    });
  }

  const legal = legalXml(text);
  // The parser would go through the whole of it first.
  if (legal.slice(0, legal.search(/<\w/)).includes('<!DOCTYPE')) stop(DOCTYPE);
  for (let at = 0; at < legal.length && stopped === undefined; at += CHUNK_CHARACTERS)
    parser.write(legal.slice(at, at + CHUNK_CHARACTERS));
  if (stopped === undefined) parser.close();
  tellEnd();
  return stopped;
}

/**
 * Writers put into a report what a test printed or is named as it is, colours and all, where XML 1.0 knows no control
 * characters; and Node leaves the `]]>` in `a[b[0]]>1` as it is.
 */
function legalXml(text: string): string {
  const legal = text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '')
    .replace(
      /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi,
      (reference, hex: string | undefined, decimal: string) =>
        isLegal(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) ? reference : '',
    );
  return legal.includes('<![CDATA[') ? legal : legal.replaceAll(']]>', ']]&gt;');
}

function isLegal(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
