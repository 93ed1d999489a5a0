import { hashOf, seededRandom } from '../fixtures/seeded-random.ts';

export interface FaultPlanOptions<Kind extends string> {
  readonly seed: number;
  /** How many of a thousand calls get each kind of fault. */
  readonly perThousand: { readonly [kind in Kind]?: number };
  /** The most faults in total; no limit by default. */
  readonly limit?: number;
}

export interface Fault<Kind extends string> {
  readonly kind: Kind;
  /** In [0, 1), for the fault's parameters: how long, where to cut. */
  readonly at: number;
}

/**
 * Decides which call gets which fault: by the seed, the identity of the call and the number of its repetitions. So the
 * same calls get the same faults in any order.
 */
export class FaultPlan<Kind extends string> {
  readonly #seed: number;
  readonly #repetitions = new Map<number, number>();
  readonly #counts = new Map<Kind, number>();
  #perThousand: FaultPlanOptions<Kind>['perThousand'];
  #left: number;

  constructor({ seed, perThousand, limit = Number.POSITIVE_INFINITY }: FaultPlanOptions<Kind>) {
    this.#seed = seed;
    this.#perThousand = perThousand;
    this.#left = limit;
  }

  /** Faults so far by kind. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Changes the shares; none: `{}`. */
  change(perThousand: FaultPlanOptions<Kind>['perThousand']): void {
    this.#perThousand = perThousand;
  }

  /** `possible`: the kinds that this call can get; all by default. */
  next(about: string, possible?: readonly Kind[]): Fault<Kind> | undefined {
    const identity = hashOf(about, this.#seed);
    const times = this.#repetitions.get(identity) ?? 0;
    this.#repetitions.set(identity, times + 1);
    if (this.#left <= 0) return undefined;
    const random = seededRandom(identity ^ Math.imul(times + 1, 0x9e3779b1));
    let dice = random() * 1_000;
    for (const [kind, share] of Object.entries(this.#perThousand) as [Kind, number][]) {
      dice -= share;
      if (dice >= 0) continue;
      if (possible !== undefined && !possible.includes(kind)) return undefined;
      this.#left -= 1;
      this.count(kind);
      return { kind, at: random() };
    }
    return undefined;
  }

  /** For faults that are injected by hand. */
  count(kind: Kind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}
