import { entryOutcomeNames, type RetryEvent } from '@migrator/core';
import { atMost, type MetricsBoard } from '@migrator/queue';
import {
  collectDefaultMetrics,
  Counter,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

/** The metrics of one process, in the form in which they are sent to the API. */
export type ExportedMetrics = MetricObjectWithValues<MetricValue<string>>[];

const callSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of one process's own work. Every series has the process's name as a label. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #entries = this.#counter(
    'migrator_entries_total',
    'Entries with an outcome; a retry counts an entry again',
    ['outcome'],
  );
  readonly #bytes = this.#counter('migrator_bytes_total', 'Bytes of items written');
  readonly #units = this.#counter('migrator_capacity_units_total', 'Capacity units that DynamoDB reported', [
    'kind',
  ]);
  readonly #reads = this.#histogram(
    'migrator_read_duration_seconds',
    'Duration of reads from Firestore and DynamoDB, with their retries',
    ['call'],
    callSeconds,
  );
  readonly #writes = this.#histogram(
    'migrator_write_duration_seconds',
    'Duration of writes to DynamoDB, with their retries',
    ['call'],
    callSeconds,
  );
  readonly #errors = this.#counter('migrator_call_errors_total', 'Calls that failed after their retries', [
    'call',
    'code',
  ]);
  readonly #retries = this.#counter('migrator_retries_total', 'Retried calls, by error code', ['code']);
  readonly #throttles = this.#counter('migrator_throttles_total', 'Throttled calls', ['service']);
  readonly #requests = this.#histogram(
    'migrator_http_request_duration_seconds',
    'Duration of HTTP requests until the answer was sent',
    ['method', 'route', 'status'],
    [0.005, 0.025, 0.1, 0.5, 1, 5, 30],
  );

  constructor(process: string) {
    this.#registry.setDefaultLabels({ process });
    collectDefaultMetrics({ register: this.#registry });
    // Initialized to 0, so that a rate exists from the first scrape on.
    for (const outcome of entryOutcomeNames) this.#entries.inc({ outcome }, 0);
    for (const kind of ['read', 'write']) this.#units.inc({ kind }, 0);
    for (const service of ['firestore', 'dynamodb']) this.#throttles.inc({ service }, 0);
  }

  #counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []) {
    return new Counter<Label>({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string>(name: string, help: string, labelNames: Label[], buckets: number[]) {
    return new Histogram<Label>({ name, help, labelNames, buckets, registers: [this.#registry] });
  }

  entries(outcome: string, count: number): void {
    this.#entries.inc({ outcome }, count);
  }

  bytes(count: number): void {
    this.#bytes.inc(count);
  }

  readonly onCapacity = (kind: 'read' | 'write', units: number): void => this.#units.inc({ kind }, units);

  readonly onRetry = ({ code }: Pick<RetryEvent, 'code'>): void => {
    this.#retries.inc({ code });
    if (code === 'THROTTLED') this.#throttles.inc({ service: 'dynamodb' });
    if (code === 'SOURCE_THROTTLED') this.#throttles.inc({ service: 'firestore' });
  };

  read(call: string, seconds: number): void {
    this.#reads.observe({ call }, seconds);
  }

  write(call: string, seconds: number): void {
    this.#writes.observe({ call }, seconds);
  }

  failed(call: string, code: string): void {
    this.#errors.inc({ call, code });
  }

  request(labels: { method: string; route: string; status: number }, seconds: number): void {
    this.#requests.observe(labels, seconds);
  }

  export(): Promise<ExportedMetrics> {
    return this.#registry.getMetricsAsJSON();
  }
}

const everyMs = 5_000;
/** A worker's connection waits for an unreachable Redis; the last metrics are not worth a long wait. */
const lastLimitMs = 1_000;

/** Publishes a worker's metrics for the API, every few seconds and at its end. */
export function publishMetrics(board: MetricsBoard, process: string, metrics: ServiceMetrics) {
  const publish = async (): Promise<void> => {
    // Redis may be unreachable; the next one contains everything.
    await metrics
      .export()
      .then((all) => board.put(process, all))
      .catch(() => undefined);
  };
  const timer = setInterval(() => void publish(), everyMs);
  void publish();
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await atMost(lastLimitMs, publish());
    },
  };
}
