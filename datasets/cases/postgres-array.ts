export type ArrayText = (string | null | ArrayText)[];

const maxDimensions = 6;

/** An array in PostgreSQL's text form (`{1,NULL,"a b",{2}}`) as nested texts; null where it is none. */
export function parseArray(text: string): ArrayText | null {
  const root: ArrayText = [];
  const stack: ArrayText[] = [root];
  let position = 0;
  let afterElement = false;
  while (position < text.length) {
    const top = stack.at(-1);
    if (top === undefined || (stack.length === 1 && root.length > 0)) return null;
    const char = text[position];
    if (char === '{' && !afterElement && stack.length <= maxDimensions) {
      const child: ArrayText = [];
      top.push(child);
      stack.push(child);
      position++;
    } else if (char === '}' && stack.length > 1 && (afterElement || top.length === 0)) {
      stack.pop();
      afterElement = true;
      position++;
    } else if (char === ',' && afterElement && stack.length > 1) {
      afterElement = false;
      position++;
      if (text[position] === '}' || text[position] === ',') return null;
    } else if (!afterElement && stack.length > 1) {
      const element = readElement(text, position);
      if (element === null) return null;
      top.push(element.value);
      position = element.end;
      afterElement = true;
    } else return null;
  }
  const only = root[0];
  return stack.length === 1 && Array.isArray(only) ? only : null;
}

function readElement(text: string, start: number): { value: string | null; end: number } | null {
  const quoted = /"([^"\\]*(?:\\.[^"\\]*)*)"/sy;
  quoted.lastIndex = start;
  const inQuotes = quoted.exec(text);
  if (inQuotes) return { value: (inQuotes[1] ?? '').replace(/\\(.)/gs, '$1'), end: quoted.lastIndex };
  const bare = /[^"\\{},]*(?:\\.[^"\\{},]*)*/sy;
  bare.lastIndex = start;
  const match = bare.exec(text);
  if (!match || match[0] === '') return null;
  const value = match[0].toUpperCase() === 'NULL' ? null : match[0].replace(/\\(.)/gs, '$1');
  return { value, end: bare.lastIndex };
}
