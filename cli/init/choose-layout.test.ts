import { expect, test } from 'vitest';
import { chooseLayout } from './choose-layout.ts';

test.each([
  [['queries/a.sql'], { queries: 'queries', migrations: 'migrations', refresh: 'refresh' }],
  [
    ['db/sql/a.sql', 'db/migrations/1.sql', 'jobs/refresh/README.md'],
    { queries: 'db/sql', migrations: 'db/migrations', refresh: 'jobs/refresh' },
  ],
  [
    ['old/deep/queries/a.sql', 'app/queries/a.sql', 'sql/queries.sql'],
    { queries: 'app/queries', migrations: 'app/migrations', refresh: 'app/refresh' },
  ],
  [['queries/readme.md', 'migrations/1.sql', 'src/a.ts'], undefined],
  [[], undefined],
])('%j', (files, layout) => {
  expect(chooseLayout(files)).toEqual(layout);
});
