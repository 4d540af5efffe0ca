import type { z } from 'zod';
import type { CodeConfig } from './code-config.ts';
import type { TargetConfig } from './config.ts';

type Config = z.input<typeof TargetConfig> | z.input<typeof CodeConfig>;

/** Types a `whetstone.config.ts`; validation happens when it is loaded. */
export function defineConfig(config: Config): Config {
  return config;
}
