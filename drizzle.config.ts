import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate` writes the SQL of a changed schema into the migrations, which openState applies. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './loops/state/schema/index.ts',
  out: './loops/state/migrations',
});
