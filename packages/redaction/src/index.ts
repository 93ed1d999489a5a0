export { createRedact, type Redact } from './redact.ts';
export { redactError } from './redact-error.ts';
export { redactErrorsOf } from './redact-errors-of.ts';
export { contentOf, isPath, secretsOf } from './secrets-of.ts';
