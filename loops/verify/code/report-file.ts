import { readReport } from '../../../datasets/reports/read-report.ts';
import type { ReportFormat, TestReport } from '../../../datasets/reports/test-report.ts';
import type { Sandbox } from '../../../sandboxes/containers/sandbox.ts';
import { SandboxFault } from '../../../sandboxes/fault.ts';

/** Of a report, wherever it is written. */
export const REPORT_BYTES = 32 * 2 ** 20;

/** What a report says, of tests that ran where targets are laid. */
export const readSuiteReport = (text: string, format: ReportFormat): TestReport =>
  readReport(text, { format, root: '/target' });

/** The text of a report, or undefined where there is none or it is too large. */
export async function readReportFile(sandbox: Sandbox, file: string): Promise<string | undefined> {
  try {
    return (await sandbox.readFile(file, { maxBytes: REPORT_BYTES })).toString('utf8');
  } catch (error) {
    const none = error instanceof SandboxFault && ['no-such-file', 'file-too-large'].includes(error.code);
    if (none) return undefined;
    throw error;
  }
}
