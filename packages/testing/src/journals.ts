import type { FieldValue } from './encode-document.ts';
import { seededRandom } from './seeded-random.ts';

/** One user with a journal, as a fixture. */
export interface JournalUser {
  readonly userId: string;
  /** Fields of the user's own document; absent: there is none, and Firestore lists the user as missing. */
  readonly profile?: { readonly [name: string]: FieldValue };
  /** Ordered by date. Made when iterated over, so that a large journal needs no memory. */
  readonly entries: Iterable<JournalEntry>;
}

export interface JournalEntry {
  readonly date: string;
  readonly fields: { readonly [name: string]: FieldValue };
}

export interface JournalsOptions {
  readonly seed?: number;
  readonly users: number;
  readonly entriesPerUser: number;
  /** Every n-th user has no document of their own; 4 by default, 0: all have one. */
  readonly missingEvery?: number;
}

/** Realistic trading journals; the same options give the same journals. An entry is some 2 to 2.5 KB as an item. */
export function* journals(options: JournalsOptions): Generator<JournalUser> {
  const { seed = 1, users, entriesPerUser, missingEvery = 4 } = options;
  for (let index = 0; index < users; index += 1) {
    const userId = `user-${String(index).padStart(5, '0')}`;
    const missing = missingEvery > 0 && index % missingEvery === missingEvery - 1;
    yield {
      userId,
      ...(missing
        ? {}
        : { profile: { displayName: `Trader ${index}`, plan: index % 2 === 0 ? 'pro' : 'free' } }),
      entries: entries(seed * 1_000_003 + index, entriesPerUser),
    };
  }
}

function entries(seed: number, count: number): Iterable<JournalEntry> {
  return {
    *[Symbol.iterator]() {
      for (let day = 0; day < count; day += 1) yield journalEntry(seed, day);
    },
  };
}

const firstDay = Date.UTC(2018, 0, 1);
const dayMs = 86_400_000;
const symbols = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'META', 'SPY', 'QQQ', 'BTC-USD', 'EUR/USD'];
const setups = ['breakout', 'pullback', 'reversal', 'gap fill', 'range fade'];
const feelings = ['calm', 'impatient', 'confident', 'tired', 'Zuversicht', '落ち着き'];
const notes = [
  'Waited for the retest, then sized in.',
  'Entry too early; the stop was hit before the move.',
  'Followed the plan. Took half off at 1R.',
  'News spike – slippage of two ticks. 📉',
];

/** The entry of one day. Days without a losing trade have an infinite profit factor, as trading software writes it. */
export function journalEntry(seed: number, day: number): JournalEntry {
  const random = seededRandom(seed * 7919 + day);
  const start = firstDay + day * dayMs;
  const date = new Date(start).toISOString().slice(0, 10);
  const trades = Array.from({ length: 3 + Math.floor(random() * 2) }, (_, index) =>
    trade(random, start, index),
  );
  const results = trades.map(({ pnl }) => pnl);
  const won = results.filter((pnl) => pnl > 0);
  const lost = results.filter((pnl) => pnl <= 0);
  const gain = sum(won);
  const loss = -sum(lost);
  return {
    date,
    fields: {
      trades,
      heatmap: heatmap(trades),
      performance: {
        netPnl: money(gain - loss),
        grossProfit: money(gain),
        grossLoss: money(loss),
        profitFactor: loss === 0 ? Number.POSITIVE_INFINITY : gain / loss,
        winRate: won.length / trades.length,
        bestTrade: Math.max(...results),
        worstTrade: Math.min(...results),
      },
      risk: {
        maxDrawdown: money(loss * 0.8),
        dailyLossLimit: 500,
        limitHit: loss > 500,
        exposure: { long: money(random() * 50_000), short: money(random() * 20_000) },
        rMultiples: results.map((pnl) => Math.round(pnl) / 100),
      },
      summary: {
        trades: trades.length,
        note: pick(random, notes),
        mood: pick(random, feelings),
        tags: [pick(random, setups), 'reviewed'],
        reviewedAt: new Date(start + 22 * 3_600_000),
        followedPlan: random() > 0.3,
        screenshot: null,
      },
      marketOpen: new Date(start + 14.5 * 3_600_000),
    },
  };
}

function trade(random: () => number, day: number, index: number) {
  const price = money(20 + random() * 400);
  const quantity = 1 + Math.floor(random() * 200);
  const pnl = money((random() - 0.45) * 400);
  const openedAt = day + 14.5 * 3_600_000 + Math.floor(random() * 6 * 3_600_000);
  return {
    id: `T${day / dayMs}-${index + 1}`,
    symbol: pick(random, symbols),
    side: random() > 0.4 ? 'LONG' : 'SHORT',
    quantity,
    entryPrice: price,
    exitPrice: money(price + pnl / quantity),
    pnl,
    fees: money(quantity * 0.005),
    setup: pick(random, setups),
    openedAt: new Date(openedAt),
    closedAt: new Date(openedAt + Math.floor(random() * 3_600_000)),
  };
}

function heatmap(trades: readonly { openedAt: Date; pnl: number }[]) {
  const hours: { [hour: string]: { pnl: number; trades: number } } = {};
  for (const { openedAt, pnl } of trades) {
    const hour = `${String(openedAt.getUTCHours()).padStart(2, '0')}:00`;
    const cell = (hours[hour] ??= { pnl: 0, trades: 0 });
    cell.pnl = money(cell.pnl + pnl);
    cell.trades += 1;
  }
  return { hours, intensity: money(Math.abs(sum(trades.map(({ pnl }) => pnl))) / 1000) };
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new RangeError('Nothing to pick from.');
  return picked;
}

function money(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
