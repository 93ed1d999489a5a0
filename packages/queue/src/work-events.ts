/** The events of a worker, for its log. */
export type WorkEvent =
  /** An operation entered another phase, or was paused, resumed or cancelled, as far as this process saw it. */
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
  /** The service accepts no batches of writes; `reason` says why. */
  | { readonly kind: 'one-by-one'; readonly run: string; readonly reason: string }
  /** This process has another binding than the run; `detail` names each difference. */
  | { readonly kind: 'binding-mismatch'; readonly run: string; readonly detail: string }
  | {
      readonly kind: 'task';
      readonly run: string;
      /** The task's name for display: either `user` or `segment`. */
      readonly user?: string;
      readonly segment?: string;
      readonly job: string;
      /** How its attempt ended: `done`, `failed`, `handed-back`, `error` (another attempt follows) … */
      readonly outcome: string;
      readonly detail?: string;
    };

export type OnWorkEvent = (event: WorkEvent) => void;
