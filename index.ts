export type { CodeConfig } from './loops/target/code-config.ts';
export type { TargetConfig } from './loops/target/config.ts';
export { defineConfig } from './loops/target/define-config.ts';
