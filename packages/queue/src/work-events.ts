/** What a worker tells those who keep its log. */
export type WorkEvent =
  /** An operation entered another phase, or was asked to pause, go on or end, as far as this process saw it. */
  | { readonly kind: 'phase'; readonly run: string; readonly phase: string; readonly reason?: string }
  | {
      readonly kind: 'progress';
      readonly run: string;
      readonly processed: number;
      readonly total: number | null;
      readonly percent: number | null;
      readonly entriesPerSecond: number;
      readonly etaSeconds: number | null;
    }
  | { readonly kind: 'ended'; readonly run: string; readonly state: string; readonly reason?: string }
  /** The service takes no batches of writes; `reason` says why. */
  | { readonly kind: 'one-by-one'; readonly run: string; readonly reason: string }
  /** This process is configured for another source, target or setting than the run; `detail` names each difference. */
  | { readonly kind: 'takes-no-part'; readonly run: string; readonly detail: string }
  | {
      readonly kind: 'task';
      readonly run: string;
      /** One of the two, as a person may read it. */
      readonly user?: string;
      readonly segment?: string;
      readonly job: string;
      /** How its attempt ended: `done`, `failed`, `handed-back`, `error` (another attempt follows) … */
      readonly outcome: string;
      readonly detail?: string;
    };

export type OnWorkEvent = (event: WorkEvent) => void;
