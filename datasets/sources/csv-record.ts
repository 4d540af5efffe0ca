const QUOTE = 34;

export interface CsvRecord {
  fields: string[];
  /** Index after the record's line end. */
  next: number;
}

/**
 * Reads the record that begins at `at`: fields split by commas, quoted ones with `""` for a quote and line ends as
 * they are. Undefined where the text ends inside it.
 */
export function readCsvRecord(text: string, at: number): CsvRecord | undefined {
  const fields: string[] = [];
  let from = at;
  let lineEnd = text.indexOf('\n', at);
  for (;;) {
    if (text.charCodeAt(from) === QUOTE) {
      const close = closingQuote(text, from + 1);
      if (close < 0) return undefined;
      const field = text.slice(from + 1, close);
      fields.push(field.includes('"') ? field.replaceAll('""', '"') : field);
      from = close + 1;
      if (lineEnd < from) lineEnd = text.indexOf('\n', from);
      if (lineEnd < 0) return undefined;
      if (from === lineEnd || (from === lineEnd - 1 && text[from] === '\r'))
        return { fields, next: lineEnd + 1 };
      // Anything but a comma after a closing quote is no CSV: the rest of the line becomes a field of its own.
      if (text[from] === ',') from += 1;
    } else {
      if (lineEnd < 0) return undefined;
      const comma = text.indexOf(',', from);
      if (comma < 0 || comma > lineEnd) {
        fields.push(text.slice(from, text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd));
        return { fields, next: lineEnd + 1 };
      }
      fields.push(text.slice(from, comma));
      from = comma + 1;
    }
  }
}

function closingQuote(text: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    // The text's last character may be the first half of `""`.
    if (quote < 0 || quote === text.length - 1) return -1;
    if (text.charCodeAt(quote + 1) !== QUOTE) return quote;
    at = quote + 2;
  }
}
