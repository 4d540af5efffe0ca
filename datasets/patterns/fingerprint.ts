import { loadModule } from 'libpg-query';
import { sha256 } from '../sha256.ts';
import { canonicalStatement } from './canonical/statement.ts';
import { skeletonHash, skeletonOf } from './skeleton.ts';

/** Statements with one fingerprint are one pattern. One object for each, so that it may be compared by identity. */
export interface Fingerprint {
  /** First 16 hex digits of the SHA-256 of `text`. */
  id: string;
  /** The statement with its literals replaced, as people read it. */
  text: string;
}

/** `schema` is where unqualified tables are found, `public` when undefined. */
export type Fingerprinter = (sql: string, schema?: string) => Fingerprint;

const MAX_SKELETONS = 100_000;

/**
 * Makes a fingerprinter with a bounded memory of skeletons: a statement whose literals alone are new costs a pass over its
 * text, another one is parsed. A text that is no SQL (cut off, or of another dialect) has its skeleton for a fingerprint.
 */
export async function createFingerprinter(): Promise<Fingerprinter> {
  await loadModule();
  const bySchema = new Map<string | undefined, Map<number, Fingerprint>>();
  const byText = new Map<string, Fingerprint>();
  return (sql, schema) => {
    let bySkeleton = bySchema.get(schema);
    if (bySkeleton === undefined) {
      bySkeleton = new Map();
      bySchema.set(schema, bySkeleton);
    }
    const hash = skeletonHash(sql);
    const known = bySkeleton.get(hash);
    if (known !== undefined) return known;
    const skeleton = skeletonOf(sql);
    const canonical = canonicalStatement(skeleton, { schema }) ?? canonicalStatement(sql, { schema });
    const text = canonical?.text ?? flatCopy(skeleton);
    const fingerprint = byText.get(text) ?? { id: fingerprintId(text), text };
    byText.set(text, fingerprint);
    // What is still in use comes back at the price of one parse each.
    if (bySkeleton.size >= MAX_SKELETONS) bySkeleton.clear();
    bySkeleton.set(hash, fingerprint);
    return fingerprint;
  };
}

function fingerprintId(text: string): string {
  return sha256(text).slice(0, 16);
}

/** A string of its own: a slice would keep the block of the log alive that it was cut from. */
export function flatCopy(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
