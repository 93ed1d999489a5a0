import { controls } from './controls.js';
import { byId, element, setText } from './dom.js';
import { followResult } from './follow-result.js';
import { liveStatus } from './live-status.js';
import { progressView } from './progress-view.js';
import { migrationNodes, rollbackNodes, verificationNodes } from './report-view.js';

/**
 * @import { Status } from '@migrator/engine'
 * @import { Result } from './follow-result.js'
 * @import { Connection } from './live-status.js'
 */

const result = byId('result');
const progress = progressView();
const results = followResult({
  onBegin: () => (result.hidden = true),
  onDryRun: progress.markDryRun,
  onResult: showResult,
});
const live = liveStatus({ onStatus: showStatus, onConnection: showConnection });
const buttons = controls({ take: live.take, follow: results.follow });
let shownReport = '';

/** @param {Status | undefined} status */
function showStatus(status) {
  progress.show(status?.currentStatus);
  buttons.show(status);
  results.see(status);
  if (status !== undefined) showLast(status.lastMigration);
}

/** @param {Status['lastMigration']} report */
function showLast(report) {
  const now = JSON.stringify(report);
  if (now === shownReport) return;
  shownReport = now;
  byId('last').replaceChildren(
    ...(report === null
      ? [element('p', { class: 'quiet' }, 'There has been none yet.')]
      : migrationNodes(report)),
  );
}

/** @param {Connection} connection */
function showConnection(connection) {
  const badge = byId('connection');
  badge.dataset['tone'] = connection.state === 'live' ? 'good' : 'bad';
  setText(badge, connection.state === 'live' ? 'Live' : `Reconnecting… ${connection.message}`);
}

/** @param {Result} ended */
function showResult(ended) {
  // A real run has a place of its own below.
  if (ended.kind === 'migration' && !ended.answer.dryRun) return;
  const [title, nodes] = describe(ended);
  setText(byId('result-title'), title);
  byId('result-body').replaceChildren(...nodes);
  result.hidden = false;
}

/**
 * @param {Result} ended
 * @returns {[string, Node[]]}
 */
function describe(ended) {
  switch (ended.kind) {
    case 'migration':
      return ['Dry run', migrationNodes(ended.answer)];
    case 'verification':
      return ['Verification', verificationNodes(ended.answer)];
    case 'rollback':
      return [ended.answer.dryRun ? 'Rollback (dry run)' : 'Rollback', rollbackNodes(ended.answer)];
  }
}
