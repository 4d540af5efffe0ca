import type { DebianBase } from './debian-base.ts';

/** What an image is made of: a Debian, files, npm packages, and steps as root and then as the sandbox's user. */
export interface Recipe {
  name: string;
  debian: DebianBase;
  packages: Readonly<Record<string, string>>;
  /** Path to content; below a `bin` folder they are executable. */
  files: Readonly<Record<string, string>>;
  rootScript: string;
  userScript: string;
  env: Readonly<Record<string, string>>;
}
