import { z } from 'zod';
import { ReportFormat } from '../../datasets/reports/test-report.ts';
import { ProtocolPolicy } from '../gate/protocol/protocol-policy.ts';
import { Command, Images, Name, Placement, SandboxChoice } from './config.ts';

/** A target whose cases are its own failing tests; `whetstone.config.ts` exports one through `defineConfig`. */
export const CodeConfig = z.strictObject({
  name: Name,
  domain: z.literal('code'),
  target: z.strictObject({
    ...Placement.shape,
    /** Globs of the code under test: of a patch, only what it does there is run. */
    sources: z.array(z.string()).min(1).default(['src/**']),
    /** Globs that a patch may touch: by default the sources, tests, documents and package.json with its lockfile. */
    allowed: z.array(z.string()).optional(),
  }),
  datasets: z.string().optional(),
  environment: z
    .strictObject({
      recipe: z.literal('node').default('node'),
      /** npm packages in the image's /node_modules, the test runner among them; what candidates may add, pinned. */
      packages: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  sandbox: SandboxChoice.optional(),
  tests: z
    .strictObject({
      /** Runs all tests from the target's root and writes their report. */
      command: Command,
      report: z.strictObject({
        format: ReportFormat,
        /** Where `command` writes it, relative to the target's root; on its stdout by default. */
        file: z.string().optional(),
      }),
      /**
       * `vitest`: tests and code run in two containers, so that no code can reach the test that judges it. `none`: they
       * share a process, and a report is only as trustworthy as the code.
       */
      separate: z.enum(['vitest', 'none']).default('none'),
      /** Globs of the test files. */
      files: z.array(z.string()).min(1).default(['**/*.test.*', '**/*.spec.*']),
      /** The longest that one run of all tests may take, milliseconds. */
      timeoutMs: z.int().positive().default(120_000),
    })
    .refine(({ separate, report }) => separate === 'none' || report.format === 'vitest-jest-json', {
      path: ['report', 'format'],
      error:
        'separate tests are named as in `vitest-jest-json`: name that format and a reporter that writes it',
    }),
  budgets: z
    .strictObject({ attemptsPerPattern: z.int().positive().default(3) })
    .default({ attemptsPerPattern: 3 }),
  images: Images.prefault({}),
  /** Levels and limits of a verdict: what the tests of one case are held to. */
  gate: ProtocolPolicy.pick({
    alpha: true,
    trials: true,
    maxTrials: true,
    maxFlakyTrials: true,
    maxInfraErrors: true,
    guardReruns: true,
    guardFails: true,
    guardLevel: true,
    besideRuns: true,
    besideGuardRuns: true,
  }).prefault({}),
});
export type CodeConfig = z.infer<typeof CodeConfig>;
