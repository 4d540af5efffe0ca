import type { Guard } from './peer.mjs';

export const guard: Guard;
