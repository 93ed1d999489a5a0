import {
  entryOutcomeNames,
  type Ledger,
  MigrationError,
  operationKindOf,
  type Redact,
  redactError,
  type RetryEvent,
  type Source,
  type Target,
  wrapMethods,
} from '@migrator/core';

import type { ServiceMetrics } from './metrics/service-metrics.ts';
import type { Tracing } from './traces/start-open-telemetry.ts';

/** Metrics and traces of a process's own work: hooks for the adapters, and transparent wrappers. */
export interface Observation {
  readonly onRetry: (event: RetryEvent) => void;
  readonly onCapacity: (kind: 'read' | 'write', units: number) => void;
  observeSource(source: Source): Source;
  observeTarget(target: Target): Target;
  observeLedger(ledger: Ledger): Ledger;
}

type Kind = 'read' | 'write' | 'call';

const sourceCalls: ReadonlyMap<string, Kind> = new Map(
  [
    'listUsers',
    'countEntries',
    'hasEntries',
    'countUserEntries',
    'readPage',
    'listDates',
    'readBatch',
    'readEntries',
    'listDays',
    'listSubcollections',
  ].map((name) => [name, 'read']),
);

const targetCalls: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    putOwned: 'write',
    createItems: 'write',
    whyNoBatches: 'read',
    deleteOwned: 'write',
    getItems: 'read',
    scan: 'read',
    isEmpty: 'read',
    preflight: 'read',
    describe: 'read',
    readTags: 'read',
    writeTag: 'write',
  } satisfies Record<Exclude<keyof Target, 'close'>, Kind>),
);

const ledgerCalls: ReadonlyMap<string, Kind> = new Map([
  ['startTask', 'call'],
  ['commit', 'call'],
] as const);

const outcomes: ReadonlySet<string> = new Set(entryOutcomeNames);

export function createObservation(options: {
  metrics: ServiceMetrics;
  tracing: Tracing;
  redact: Redact;
  onRetry: (event: RetryEvent) => void;
}): Observation {
  const { metrics, tracing, redact } = options;

  /** Wraps the named calls. Receiver, arguments and result are unchanged. */
  function observed<T extends object>(service: T, prefix: string, calls: ReadonlyMap<string, Kind>): T {
    return wrapMethods(service, (name, call) => {
      const kind = calls.get(name);
      if (kind === undefined) return call;
      const label = `${prefix}.${name}`;
      return async (...args) => {
        const begin = performance.now();
        try {
          if (!tracing.active) return await call(...args);
          return await tracing.span(label, {}, async () => await call(...args));
        } catch (error) {
          throw failed(error, label);
        } finally {
          const seconds = (performance.now() - begin) / 1_000;
          if (kind === 'read') metrics.read(label, seconds);
          else if (kind === 'write') metrics.write(label, seconds);
        }
      };
    });
  }

  /** Redacts an error, because its message gets to the ledger, to jobs and to responses. */
  function failed(error: unknown, label: string): unknown {
    const code = MigrationError.codeOf(error);
    if (code !== 'ABORTED') metrics.failed(label, code);
    return redactError(error, redact);
  }

  return {
    onRetry(event) {
      metrics.onRetry(event);
      options.onRetry({ ...event, message: redact(event.message) });
    },
    onCapacity: metrics.onCapacity,
    observeSource: (source) => observed(source, 'firestore', sourceCalls),
    observeTarget: (target) => observed(target, 'dynamodb', targetCalls),
    observeLedger(ledger) {
      const wrapped = observed(ledger, 'ledger', ledgerCalls);
      const commit: Ledger['commit'] = async (id, task, what) => {
        const result = await wrapped.commit(id, task, what);
        if (result !== 'stale' && result !== 'missing' && operationKindOf(id) === 'migration')
          count(what.deltas);
        return result;
      };
      return new Proxy(wrapped, {
        get: (_target, name) => (name === 'commit' ? commit : Reflect.get(wrapped, name, wrapped)),
      });
    },
  };

  function count(deltas: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(deltas)) {
      // A Prometheus counter only increases, so a retry does not reduce it; the ledger's totals are exact.
      if (amount <= 0) continue;
      if (outcomes.has(name)) metrics.entries(name, amount);
      if (name === 'bytes') metrics.bytes(amount);
    }
  }
}
