import { defineConfig } from 'whetstone';

export default defineConfig({
  name: 'billing',
  domain: 'code',
  target: { remote: '../billing.git', sources: ['src/**'] },
  environment: { packages: { typescript: '6.0.3', vitest: '4.1.12' } },
  tests: {
    command: [
      'node',
      '/node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=json',
      '--outputFile=report.json',
    ],
    report: { format: 'vitest-jest-json', file: 'report.json' },
    separate: 'vitest',
  },
});
