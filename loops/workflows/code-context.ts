import type { CodeImages } from '../target/code-images.ts';
import type { CodeTarget } from '../target/load-target.ts';
import type { LoopContext } from './context.ts';

/** What the work on one code target stands on; wired in cli/. */
export interface CodeContext extends Omit<LoopContext, 'target' | 'images'> {
  target: CodeTarget;
  images: CodeImages;
}
