import { ApiProblem, call } from './api.js';

/**
 * @import { MigrationReport, RollbackAnswer, Status, VerificationAnswer } from '@migrator/engine'
 */

/** @typedef {{ kind: 'migration', answer: MigrationReport } | { kind: 'verification', answer: VerificationAnswer } | { kind: 'rollback', answer: RollbackAnswer }} Result */

const everyMs = 1_000;

/**
 * Waits for the end of what runs, whoever started it, and tells its result. It asks only where the events don't say
 * that it still runs: something short may begin and end between two of them.
 * @param {{ onBegin: (operationId: string) => void, onDryRun: (operationId: string) => void, onResult: (result: Result) => void }} listeners
 * @returns {{ see: (status: Status | undefined) => void, follow: (operationId: string) => void }}
 */
export function followResult({ onBegin, onDryRun, onResult }) {
  /** @type {string | null} */
  let followed = null;
  /** @type {string | null} */
  let current = null;

  /** @param {string} operationId */
  const follow = (operationId) => {
    if (operationId === followed) return;
    followed = operationId;
    onBegin(operationId);
    void tellDryRun(operationId);
    void waitFor(operationId);
  };

  /**
   * The status does not say so, and a person must not take a dry run for the real thing.
   * @param {string} operationId
   */
  const tellDryRun = async (operationId) => {
    const begun = await resultOf(operationId).catch(() => undefined);
    if (begun !== undefined && begun.kind !== 'verification' && begun.answer.dryRun) onDryRun(operationId);
  };

  /** @param {string} operationId */
  const waitFor = async (operationId) => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      if (followed !== operationId) return;
      if (current === operationId) continue;
      try {
        const result = await resultOf(operationId);
        if (result.answer.state === 'running') continue;
        // A run that failed may be taken up again, under the same id.
        if (followed === operationId) followed = null;
        onResult(result);
        return;
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (error.status === 404) return;
      }
    }
  };

  return {
    follow,
    see(status) {
      current = status?.currentStatus.operationId ?? null;
      if (current !== null) follow(current);
    },
  };
}

/**
 * @param {string} operationId
 * @returns {Promise<Result>}
 */
async function resultOf(operationId) {
  if (operationId.startsWith('verification-')) {
    return { kind: 'verification', answer: await call(`GET /verifications/${operationId}`) };
  }
  if (operationId.startsWith('rollback-')) {
    return { kind: 'rollback', answer: await call(`GET /rollbacks/${operationId}`) };
  }
  return { kind: 'migration', answer: await call(`GET /migrations/${operationId}`) };
}
