export { type OnRetry, type RetryEvent, withRetries } from './with-retries.ts';
export { abortable, abortedError } from './abortable.ts';
