import { expect, it } from 'vitest';
import { speaksOfNetwork } from './network-message.ts';

it.each([
  'getaddrinfo ENOTFOUND example.com',
  'TypeError: fetch failed',
  'connect ENETUNREACH 10.0.0.1:80',
  'getaddrinfo EAI_AGAIN db',
  'connect EHOSTUNREACH 10.0.0.1',
  'connect ECONNREFUSED 10.0.0.1:5432',
  'connect ECONNREFUSED  db.127.0.0.1:5432',
])('%s speaks of a network', (message) => expect(speaksOfNetwork(message)).toBe(true));

it.each([
  'connect ECONNREFUSED 127.0.0.1:5432',
  'connect ECONNREFUSED ::1:5432',
  'connect ECONNREFUSED [::1]:5432',
  'connect ECONNREFUSED localhost:80',
  'expected 1 to be 2',
  'ECONNREFUSED',
  'FETCH_FAILED: ENOTFOUNDED',
])('%s does not', (message) => expect(speaksOfNetwork(message)).toBe(false));
