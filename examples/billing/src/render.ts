import { addDays, formatDate } from './calendar.ts';
import type { Invoice } from './invoice.ts';
import { type BasisPoints, formatMoney, type Money, negate } from './money.ts';
import type { TaxedGroup } from './tax.ts';

const WIDTH = 64;

/** An invoice as plain text, 64 columns wide. */
export function renderInvoice(invoice: Invoice): string {
  const { number, seller, buyer, period, issued, due, lines, discounts, taxes } = invoice;
  const rule = '-'.repeat(WIDTH);
  const rows = [
    row(`Invoice ${number}`, formatDate(issued)),
    `From ${seller.name}`,
    `To   ${buyer.name}${buyer.taxId === undefined ? '' : `, ${buyer.taxId}`}`,
    `For  ${formatDate(period.start)} to ${formatDate(addDays(period.end, -1))}`,
    rule,
    ...lines.map(({ description, amount }) => amountRow(description, amount)),
    ...discounts.applied.map(({ code, amount }) => amountRow(`Discount ${code}`, negate(amount))),
    rule,
    amountRow('Net', invoice.net),
    ...taxes.map((group) => amountRow(taxLabel(group), group.tax)),
    amountRow('Total', invoice.total),
  ];
  if (invoice.balanceUsed.minor !== 0)
    rows.push(amountRow(balanceLabel(invoice), negate(invoice.balanceUsed)));
  rows.push(rule, statusRow(invoice));
  if (invoice.status === 'due') rows.push(row('Please pay by', formatDate(due)));
  for (const { code, reason } of discounts.refused) rows.push(`Not applied: ${code} (${reason})`);
  return `${rows.join('\n')}\n`;
}

/** Writes `8.1 %`, `20 %`. */
export function formatPoints(points: BasisPoints): string {
  return `${points / 100} %`;
}

/** Cuts a text that is too long for its row, and marks where. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function taxLabel({ treatment, net }: TaxedGroup): string {
  switch (treatment.kind) {
    case 'charged':
      return `Tax ${formatPoints(treatment.points)} on ${formatMoney(net)}`;
    case 'reverse-charge':
      return `Reverse charge on ${formatMoney(net)}`;
    case 'export':
      return `Export, untaxed, ${formatMoney(net)}`;
    case 'exempt':
      return `Exempt from tax, ${formatMoney(net)}`;
  }
}

function balanceLabel({ balanceUsed }: Invoice): string {
  return balanceUsed.minor > 0 ? 'From your balance' : 'Carried over from before';
}

function statusRow({ status, payable, balance }: Invoice): string {
  switch (status) {
    case 'due':
      return amountRow('To pay', payable);
    case 'settled':
      return amountRow('Paid from your balance, which is now', balance);
    case 'carried over':
      return amountRow('Nothing to pay now; carried over', negate(balance));
    case 'credited':
      return amountRow('Added to your balance, which is now', balance);
  }
}

function amountRow(label: string, amount: Money): string {
  return row(label, formatMoney(amount));
}

function row(left: string, right: string): string {
  const room = WIDTH - right.length - 1;
  return `${shorten(left, room).padEnd(room)} ${right}`;
}
