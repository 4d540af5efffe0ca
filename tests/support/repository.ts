import { fileURLToPath } from 'node:url';

/** This repository's root, without a slash at the end. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
