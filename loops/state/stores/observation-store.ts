import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { observations } from '../schema/index.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Rows of one statement: each may hold megabytes. */
const AT_ONCE = 20;

/** Texts that trials were scored from, by the SHA-256 that their trials name. */
export function observationStore(db: Database, target: string) {
  return {
    async keep(texts: ReadonlyMap<string, string>): Promise<void> {
      const all = [...texts];
      for (let from = 0; from < all.length; from += AT_ONCE) {
        const rows = await Promise.all(
          all
            .slice(from, from + AT_ONCE)
            .map(async ([sha256, text]) => ({ target, sha256, content: await deflate(text) })),
        );
        await db.insert(observations).values(rows).onConflictDoNothing();
      }
    },

    /** Those of them that were kept. */
    async read(wanted: Iterable<string>): Promise<Map<string, string>> {
      const all = [...new Set(wanted)];
      const found = new Map<string, string>();
      for (let from = 0; from < all.length; from += AT_ONCE) {
        const rows = await db
          .select()
          .from(observations)
          .where(
            and(
              eq(observations.target, target),
              inArray(observations.sha256, all.slice(from, from + AT_ONCE)),
            ),
          );
        for (const { sha256, content } of rows) found.set(sha256, (await inflate(content)).toString('utf8'));
      }
      return found;
    },
  };
}
