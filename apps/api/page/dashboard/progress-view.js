import { basePath } from './api.js';
import { byId, dataLink, setFigures, setText } from './dom.js';
import { rateChart } from './rate-chart.js';
import { rateMeter } from './rate-meter.js';
import { amount, counterRows, counted, duration, paceWords, stateWords } from './words.js';

/**
 * @import { CurrentStatus, Progress } from '@migrator/engine'
 */

/** @typedef {'migration' | 'verification' | 'rollback'} Kind */
/** @typedef {{ perSecond: number, etaSeconds: number | null }} Speed */

/**
 * What goes on now.
 * @returns {{ show: (current: CurrentStatus | undefined) => void, markDryRun: (operationId: string) => void }}
 */
export function progressView() {
  const section = byId('now');
  const reason = byId('reason');
  const chart = rateChart(byId('chart'));
  const measure = rateMeter();
  let dryRun = '';
  return {
    markDryRun: (operationId) => (dryRun = operationId),
    show(current) {
      // Without news the last figures stay to be read, paler; the badge above says why.
      section.classList.toggle('stale', current === undefined);
      if (current === undefined) return;
      const { state, operationId, migrationId, progress } = current;
      const { says, tone } = stateWords(state);
      section.dataset['tone'] = tone;
      setText(byId('state'), says);
      setText(byId('operation'), operationId ?? '');
      byId('dry-run-note').hidden = operationId === null || operationId !== dryRun;
      setText(reason, progress?.reason ?? '');
      reason.hidden = !progress?.reason;
      byId('running').hidden = progress === null;
      document.title = titleOf(says, progress);
      if (progress === null) return;

      const kind = kindOf(current);
      const measured = measure(
        `${operationId} ${kind} ${state}`,
        progress.processed,
        performance.now() / 1_000,
      );
      const speed = state === 'paused' ? undefined : speedOf(progress, measured);
      showProgress(progress, kind, state === 'paused' ? 'paused' : 'not known yet', speed);
      if (speed !== undefined) chart.add(`${operationId} ${kind}`, speed.perSecond);
      showFailures(migrationId, kind === 'migration' ? (progress.outcomes['failed'] ?? 0) : 0);
    },
  };
}

/**
 * @param {Progress} progress
 * @param {Kind} kind
 * @param {string} noEta
 * @param {Speed | undefined} speed
 */
function showProgress({ processed, total, percent, users, pace, outcomes }, kind, noEta, speed) {
  const bar = byId('bar', HTMLProgressElement);
  // Without a value the bar says that something goes on, which is all one knows then.
  if (percent === null) bar.removeAttribute('value');
  else bar.value = percent;
  setText(
    byId('percent'),
    percent === null ? '' : `${percent >= 10 ? Math.floor(percent) : percent.toFixed(1)} %`,
  );
  setText(
    byId('amount'),
    total === null ? `${amount(processed)} so far` : `${amount(processed)} of ${amount(total)}`,
  );
  const eta = speed?.etaSeconds ?? null;
  setFigures(byId('figures'), [
    [kind === 'rollback' ? 'Items a second' : 'Entries a second', amount(speed?.perSecond ?? 0)],
    ['Time left', eta === null ? noEta : duration(eta)],
    ...userRows(kind, users),
  ]);
  setText(byId('pace'), pace === undefined ? '' : paceWords(pace));
  byId('pace').hidden = kind === 'verification' || !byId('dry-run-note').hidden;
  setFigures(byId('outcomes'), counterRows(kind, outcomes));
}

/**
 * @param {Kind} kind
 * @param {Progress['users']} users
 * @returns {[string, string, string?][]}
 */
function userRows(kind, { listed, completed, failed }) {
  // A rollback goes through slices of the table, not through users.
  const [parts, failures] =
    kind === 'rollback' ? ['Slices', 'Slices with failures'] : ['Users', 'Users with failures'];
  return [
    [parts, `${amount(completed)} of ${amount(listed)} listed`],
    [failures, amount(failed), failed > 0 ? 'bad' : ''],
  ];
}

/**
 * @param {string | null} migrationId
 * @param {number} failed
 */
function showFailures(migrationId, failed) {
  const soFar = byId('failures-so-far');
  soFar.hidden = migrationId === null || failed === 0;
  if (soFar.hidden) return;
  const says = `${counted(failed, 'failure')} so far`;
  if (soFar.textContent !== says)
    soFar.replaceChildren(dataLink(`${basePath}/migrations/${migrationId}/failures`, says));
}

/**
 * The server knows best, but tells nothing of a run's own verification.
 * @param {Progress} progress
 * @param {number | undefined} measured
 * @returns {Speed | undefined}
 */
function speedOf({ processed, total, entriesPerSecond, etaSeconds }, measured) {
  if (entriesPerSecond > 0) return { perSecond: entriesPerSecond, etaSeconds };
  if (measured === undefined) return undefined;
  const knowsEta = total !== null && measured > 0;
  return { perSecond: measured, etaSeconds: knowsEta ? Math.max(0, total - processed) / measured : null };
}

/**
 * @param {CurrentStatus} current
 * @returns {Kind}
 */
function kindOf({ operationId, progress }) {
  if (operationId?.startsWith('rollback-')) return 'rollback';
  // A run ends with a verification, and may be paused or cancelled in it: only the counters tell.
  if (operationId?.startsWith('verification-') || 'matched' in (progress?.outcomes ?? {}))
    return 'verification';
  return 'migration';
}

/**
 * @param {string} says
 * @param {Progress | null} progress
 */
function titleOf(says, progress) {
  if (progress === null) return 'Journal migration';
  const percent = progress.percent === null ? '' : `${Math.floor(progress.percent)} % · `;
  return `${percent}${says} · Journal migration`;
}
