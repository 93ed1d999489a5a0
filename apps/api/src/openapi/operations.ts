import type { z } from 'zod';

import * as answers from '../answer-schemas.ts';

export type OperationId =
  | 'start'
  | 'status'
  | 'verify'
  | 'rollback'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'pace'
  | 'events'
  | 'migrations'
  | 'migration'
  | 'failures'
  | 'entries'
  | 'retry'
  | 'verification'
  | 'rollbackById'
  | 'healthz'
  | 'readyz'
  | 'metrics'
  | 'openapi'
  | 'docs';

export const tags = {
  Runs: 'Start, watch, steer and repeat migrations',
  Verification: 'Compare entries with items',
  Rollback: 'Take migrations back',
  ApiTelemetry: 'For machines that look on',
} as const;

export interface OperationDoc {
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  /** What it answers with when all is well, by status. */
  readonly answers: Readonly<
    Record<number, { readonly says: string; readonly schema?: z.ZodType; readonly type?: string }>
  >;
  /** Codes of its own problem documents by status, beside those that every call may have. */
  readonly problems: Readonly<Record<number, string>>;
  /** `Prefer: wait=N` makes it wait for the end, by default for so many seconds. */
  readonly waits?: number;
  /** Answers without a token too. */
  readonly open?: true;
}

const away = 'REDIS_UNAVAILABLE and other codes that begin with REDIS_';
const running = 'OPERATION_RUNNING';
const services =
  'ACCESS_DENIED, CREDENTIALS_NOT_FOUND, CREDENTIALS_EXPIRED, CREDENTIALS_REFUSED, REGION_NOT_FOUND, TABLE_NOT_FOUND, TABLE_KEY_MISMATCH, TABLE_INDEX_MISMATCH';
const status = { 200: { says: 'The new status', schema: answers.status } };
const control = { tag: 'Runs', answers: status, problems: { 409: 'NOTHING_RUNNING', 503: away } } as const;

/** What `/openapi.json` says of each route. */
export const operations: Readonly<Record<OperationId, OperationDoc>> = {
  start: {
    tag: 'Runs',
    summary: 'Start a migration',
    description:
      'One run, verification, rollback or retry at a time; the others are refused with the id of what runs.',
    waits: 0,
    answers: {
      200: { says: 'It is over: its result', schema: answers.finished },
      202: { says: 'It has begun', schema: answers.started },
    },
    problems: {
      409: running,
      422: `NO_DATA, PRUNE_SOURCE_EMPTY, SOURCE_NOT_FOUND, SOURCE_ACCESS_DENIED, SOURCE_INVALID, SOURCE_MESSAGE_TOO_LARGE, ${services}`,
      503: `${away}, REDIS_EVICTS, SOURCE_UNAVAILABLE, SOURCE_THROTTLED, TARGET_UNAVAILABLE, THROTTLED`,
    },
  },
  status: {
    tag: 'Runs',
    summary: 'What goes on, and how the last run ended',
    answers: { 200: { says: 'The status', schema: answers.status } },
    problems: { 503: away },
  },
  pause: { ...control, summary: 'Pause what runs' },
  resume: { ...control, summary: 'Go on with what is paused' },
  cancel: { ...control, summary: 'End what runs, for good' },
  pace: {
    tag: 'Runs',
    summary: 'Limit the write units a second',
    description: 'Over all workers together, from now on, for the runs to come too.',
    answers: status,
    problems: { 503: away },
  },
  migrations: {
    tag: 'Runs',
    summary: 'All runs, newest first',
    answers: { 200: { says: 'A page of 20', schema: answers.migrationsPage } },
    problems: { 503: away },
  },
  migration: {
    tag: 'Runs',
    summary: 'One run',
    answers: { 200: { says: 'The run', schema: answers.migration } },
    problems: { 404: 'NOT_FOUND', 503: away },
  },
  failures: {
    tag: 'Runs',
    summary: "A run's failed entries",
    description: 'The first 10,000 are kept; all are counted.',
    answers: { 200: { says: 'A page of 100', schema: answers.failuresPage } },
    problems: { 404: 'NOT_FOUND', 503: away },
  },
  entries: {
    tag: 'Runs',
    summary: "A run's entries of one kind",
    description: 'The first 10,000 are listed; all are counted.',
    answers: { 200: { says: 'A page of 100', schema: answers.entriesPage } },
    problems: { 404: 'NOT_FOUND', 503: away },
  },
  retry: {
    tag: 'Runs',
    summary: 'Go through the failed users of a run again',
    waits: 0,
    answers: {
      200: { says: 'It is over: the run as it is now', schema: answers.migration },
      202: { says: 'It has begun', schema: answers.migration },
    },
    problems: { 404: 'NOT_FOUND', 409: `${running}, OTHER_BINDING, ROLLED_BACK, NOT_RETRYABLE`, 503: away },
  },
  verify: {
    tag: 'Verification',
    summary: 'Compare what the last run covered, or join the comparison that runs',
    description: 'It starts something although it is a GET: a read-only token may not.',
    waits: 30,
    answers: {
      200: { says: 'The verdict', schema: answers.verification },
      202: { says: 'It takes longer: its progress', schema: answers.verification },
    },
    problems: { 409: `${running}, OTHER_BINDING`, 503: away },
  },
  verification: {
    tag: 'Verification',
    summary: 'One verification, with a page of its issues',
    answers: { 200: { says: 'The verification', schema: answers.verification } },
    problems: { 404: 'NOT_FOUND', 503: away },
  },
  rollback: {
    tag: 'Rollback',
    summary: 'Delete what was migrated and is still owned by the migration',
    description: 'A dry run unless `dryRun` is false. What the application has saved since stays.',
    waits: 30,
    answers: {
      200: { says: 'It is over: its result', schema: answers.rollback },
      202: { says: 'It takes longer: its progress', schema: answers.rollback },
    },
    problems: {
      404: 'NOT_FOUND',
      409: `${running}, OTHER_BINDING`,
      422: services,
      503: `${away}, TARGET_UNAVAILABLE, THROTTLED`,
    },
  },
  rollbackById: {
    tag: 'Rollback',
    summary: 'One rollback, with a page of the items it kept (or, as a dry run, would delete)',
    answers: { 200: { says: 'The rollback', schema: answers.rollback } },
    problems: { 404: 'NOT_FOUND', 503: away },
  },
  events: {
    tag: 'ApiTelemetry',
    summary: 'What goes on, as Server-Sent Events',
    description:
      '`state` at each change with what `/status` says; `progress` about once a second while something runs.',
    answers: { 200: { says: 'A stream without an end', type: 'text/event-stream' } },
    problems: { 503: away },
  },
  metrics: {
    tag: 'ApiTelemetry',
    summary: 'Metrics of the run, the queues, this process and all workers, for Prometheus',
    answers: { 200: { says: 'The metrics', type: 'text/plain' } },
    problems: {},
  },
  healthz: {
    tag: 'ApiTelemetry',
    summary: 'Whether the process is alive',
    open: true,
    answers: { 200: { says: 'It is', schema: answers.health } },
    problems: {},
  },
  readyz: {
    tag: 'ApiTelemetry',
    summary: 'Whether it can take work',
    open: true,
    answers: { 200: { says: 'It can', schema: answers.health } },
    problems: { 503: away },
  },
  openapi: {
    tag: 'ApiTelemetry',
    summary: 'This document',
    answers: { 200: { says: 'The document', type: 'application/json' } },
    problems: {},
  },
  docs: {
    tag: 'ApiTelemetry',
    summary: 'This document as a page',
    answers: { 200: { says: 'The page', type: 'text/html' } },
    problems: {},
  },
};
