import type { Money } from './money.ts';

export type Category = 'software' | 'support' | 'training' | 'hardware';

/** One line of what a customer owes, before discounts and taxes; a credit is negative. */
export interface Charge {
  readonly description: string;
  readonly category: Category;
  readonly amount: Money;
}
