// What Whetstone itself does to a target's database while an image is made.

/** Puts every table's rows in another physical order; foreign keys and triggers are off meanwhile, identities stay. */
export const SHUFFLE = `
SET session_replication_role = replica;
DO $$
DECLARE t record; cols text;
BEGIN
  FOR t IN SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.reltuples > 1
  LOOP
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO cols FROM pg_attribute
      WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('CREATE TEMP TABLE shuffled ON COMMIT DROP AS SELECT %s FROM %I.%I ORDER BY hashtext(ctid::text)', cols, t.nspname, t.relname);
    EXECUTE format('DELETE FROM %I.%I', t.nspname, t.relname);
    EXECUTE format('INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM shuffled', t.nspname, t.relname, cols, cols);
    DROP TABLE shuffled;
  END LOOP;
END $$;
`;

/**
 * ANALYZE of what has no statistics yet: new tables and columns, new indexes on expressions, rows that were written.
 * The rest keeps the data image's, so that both arms plan by the same sample and what differs is the patch's doing.
 */
export const ANALYZE_NEW = `
DO $$
DECLARE t regclass;
BEGIN
  FOR t IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND (
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attstattarget <> 0
          AND NOT EXISTS (SELECT FROM pg_statistic s WHERE s.starelid = c.oid AND s.staattnum = a.attnum))
        OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indexprs IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_statistic s WHERE s.starelid = i.indexrelid))
        OR EXISTS (SELECT FROM pg_statistic_ext e WHERE e.stxrelid = c.oid
          AND NOT EXISTS (SELECT FROM pg_statistic_ext_data d WHERE d.stxoid = e.oid))
        OR EXISTS (SELECT FROM pg_stat_all_tables u WHERE u.relid = c.oid AND u.n_mod_since_analyze > 0)
      )
  LOOP
    EXECUTE format('ANALYZE %s', t);
  END LOOP;
END $$;
`;
