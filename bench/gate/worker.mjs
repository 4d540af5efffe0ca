// The loader of TypeScript does not reach a worker thread by itself.
import { register } from 'tsx/esm/api';

register();
await import('./answer-jobs.ts');
