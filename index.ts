export { defineConfig, type TargetConfig } from './loops/target/config.ts';
