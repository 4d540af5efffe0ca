import { candidateSubmit } from './candidate-submit.ts';
import { caseGet } from './case-get.ts';
import { caseList } from './case-list.ts';
import { envCreate } from './env-create.ts';
import { envDestroy } from './env-destroy.ts';
import { envDiff } from './env-diff.ts';
import { envExec } from './env-exec.ts';
import { envReadFile } from './env-read-file.ts';
import { envWriteFile } from './env-write-file.ts';

/** Every tool there is, by name. */
export const tools = {
  candidate_submit: candidateSubmit,
  case_get: caseGet,
  case_list: caseList,
  env_create: envCreate,
  env_destroy: envDestroy,
  env_diff: envDiff,
  env_exec: envExec,
  env_read_file: envReadFile,
  env_write_file: envWriteFile,
};
