import { entryOutcomeNames, type RetryEvent } from '@migrator/core';
import {
  collectDefaultMetrics,
  Counter,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

/** Metrics of one process, in the form in which they travel to where they are shown. */
export type ExportedMetrics = MetricObjectWithValues<MetricValue<string>>[];

const callSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What one process counts of its own work. Every series carries the process's name. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #entries: Counter<'outcome'>;
  readonly #bytes: Counter;
  readonly #units: Counter<'kind'>;
  readonly #reads: Histogram<'call'>;
  readonly #writes: Histogram<'call'>;
  readonly #errors: Counter<'call' | 'code'>;
  readonly #retries: Counter<'code'>;
  readonly #throttles: Counter<'service'>;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;

  constructor(process: string) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels({ process });
    collectDefaultMetrics({ register: this.#registry });
    this.#entries = new Counter({
      name: 'migrator_entries_total',
      help: 'Entries that got an outcome; a retry counts an entry again',
      labelNames: ['outcome'],
      registers,
    });
    this.#bytes = new Counter({ name: 'migrator_bytes_total', help: 'Bytes of items written', registers });
    this.#units = new Counter({
      name: 'migrator_capacity_units_total',
      help: 'Capacity units that DynamoDB said it used',
      labelNames: ['kind'],
      registers,
    });
    this.#reads = new Histogram({
      name: 'migrator_read_duration_seconds',
      help: 'Duration of reads from Firestore and DynamoDB, with their retries',
      labelNames: ['call'],
      buckets: callSeconds,
      registers,
    });
    this.#writes = new Histogram({
      name: 'migrator_write_duration_seconds',
      help: 'Duration of writes to DynamoDB, with their retries',
      labelNames: ['call'],
      buckets: callSeconds,
      registers,
    });
    this.#errors = new Counter({
      name: 'migrator_call_errors_total',
      help: 'Calls that failed after their retries',
      labelNames: ['call', 'code'],
      registers,
    });
    this.#retries = new Counter({
      name: 'migrator_retries_total',
      help: 'Calls tried again, by the code of what went wrong',
      labelNames: ['code'],
      registers,
    });
    this.#throttles = new Counter({
      name: 'migrator_throttles_total',
      help: 'Times that a service said to slow down',
      labelNames: ['service'],
      registers,
    });
    this.#requests = new Histogram({
      name: 'migrator_http_request_duration_seconds',
      help: 'Duration of HTTP requests until the answer was sent',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 30],
      registers,
    });
    // So that a rate over them is there from the first scrape on.
    for (const outcome of entryOutcomeNames) this.#entries.inc({ outcome }, 0);
    for (const kind of ['read', 'write']) this.#units.inc({ kind }, 0);
    for (const service of ['firestore', 'dynamodb']) this.#throttles.inc({ service }, 0);
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
