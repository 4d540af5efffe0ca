const units: Readonly<Record<string, number>> = { '': 0, b: 0, kb: 1, mb: 2, gb: 3, tb: 4 };

/** `10GB`, `500 MB`, `1.5gb` or a plain count of bytes; units are of 1024, as in what commands print. Undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const [, figure = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const power = units[unit.toLowerCase()];
  return figure === '' || power === undefined ? undefined : Math.round(Number(figure) * 1024 ** power);
}
