import { useEffect, useRef, useState } from 'preact/hooks';

import { Buttons } from './buttons.js';
import { hasFailures } from './failures.js';
import { useAnswer } from './hooks.js';
import { html } from 'htm/preact';
import { listOfCounter } from './lists.js';
import { outcomeOf, idOf } from './outcome.js';
import { Figures, Notice, Problem } from './parts.js';
import { failuresSoFar, kindOf, percentText } from './progress.js';
import { RateChart } from './rate-chart.js';
import { Report } from './report.js';
import { hrefOf } from './route.js';
import {
  amount,
  counted,
  counterRows,
  duration,
  moment,
  paceWords,
  rate,
  sentence,
  stateWords,
} from './words.js';

/**
 * @import { CurrentStatus, Progress } from '@migrator/engine'
 * @import { Kind } from './progress.js'
 */

/** @param {import('./app.js').PageProps} props */
export function NowPage({ status, known, last, actions }) {
  const { currentStatus } = known;
  const { progress, notice } = currentStatus;
  const kind = kindOf(currentStatus);
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  const isRunning = progress !== null;
  useEffect(() => {
    // The buttons of the other state have gone, and with them the focus.
    if (document.activeElement === document.body || document.activeElement === null) title.current?.focus();
  }, [isRunning]);
  useEffect(() => {
    document.title = titleOf(currentStatus);
  });
  return html`<div class=${status === undefined ? 'page stale' : 'page'}>
    ${
      progress === null
        ? html`<${LastBanner}
            last=${last}
            isFirst=${known.lastOutcome === null && notice === null}
            titleRef=${title}
          />`
        : html`<${LiveBanner} current=${currentStatus} progress=${progress} kind=${kind} titleRef=${title} />`
    }
    ${notice !== null && html`<${Notice} tone="warn">${sentence(notice)}<//>`}
    ${actions.mayChange && html`<${Buttons} known=${known} actions=${actions} />`}
    <${RateChart}
      operation=${currentStatus.operationId ?? undefined}
      perSecond=${progress?.entriesPerSecond ?? 0}
    />
    ${
      progress === null
        ? last && html`<section aria-label="Report"><${Report} result=${last} /></section>`
        : html`<${LiveFigures} current=${currentStatus} progress=${progress} kind=${kind} />`
    }
    <${Workers} workers=${currentStatus.workers} />
  </div>`;
}

/** @typedef {{ current: import('preact').RefObject<HTMLElement>['current'] }} TitleRef */

/** @param {{ last: import('./outcome.js').Result | undefined, isFirst: boolean, titleRef: TitleRef }} props */
function LastBanner({ last, isFirst, titleRef }) {
  if (last === undefined)
    return html`<section class="banner" aria-labelledby="state">
      <h1 id="state" ref=${titleRef} tabindex="-1" aria-live="polite">Nothing is running</h1>
      ${isFirst && html`<p class="quiet">No migration has run yet.</p>`}
    </section>`;
  const { title, tone, details } = outcomeOf(last);
  const href = detailsHref(last);
  return html`<section class="banner" data-tone=${tone} aria-labelledby="state">
    <h1 id="state" ref=${titleRef} tabindex="-1" aria-live="polite">${title}</h1>
    ${details.map((text) => html`<p key=${text}>${text}</p>`)}
    <p class="links">
      <span class="quiet">${idOf(last)}</span>
      ${href && html`<a href=${href}>What is wrong, and what to do</a>`}
    </p>
  </section>`;
}

/** @param {import('./outcome.js').Result} result */
function detailsHref({ kind, answer }) {
  if (kind === 'verification' && answer.isValid === false)
    return hrefOf('verification', { id: answer.verificationId });
  if (kind !== 'migration' || answer.rolledBackBy !== null) return undefined;
  if (hasFailures(answer)) return hrefOf('failures', { run: answer.migrationId });
  return answer.verification?.isValid === false
    ? hrefOf('verification', { id: answer.verification.verificationId })
    : undefined;
}

/** @param {{ current: CurrentStatus, progress: Progress, kind: Kind, titleRef: TitleRef }} props */
function LiveBanner({ current, progress, kind, titleRef }) {
  const { label, tone } = stateWords(current.state);
  const { percent, total, processed, entriesPerSecond, etaSeconds, reason, oneByOne, pace } = progress;
  const isDryRun = useIsDryRun(current.operationId);
  const eta = etaSeconds === null ? 'Time left not known' : `About ${duration(etaSeconds)} left`;
  const things = kind === 'rollback' ? 'item' : 'entry';
  const failures = failuresSoFar(kind, progress);
  const isMigration = kind === 'migration' && current.migrationId !== null;
  return html`<section class="banner" data-tone=${reason || failures ? 'warn' : tone} aria-labelledby="state">
    <div class="line">
      <h1 id="state" ref=${titleRef} tabindex="-1" aria-live="polite">${label}${isDryRun && ' (dry run)'}</h1>
      <p class="quiet">${current.operationId}</p>
    </div>
    ${reason && html`<p class="reason" aria-live="polite">${sentence(reason)}</p>`}
    ${
      failures &&
      html`<p class="reason">
        ${isMigration ? html`<a href=${hrefOf('failures', { run: current.migrationId ?? undefined })}>${failures}</a>` : failures}
      </p>`
    }
    ${oneByOne && html`<p class="quiet">Entries are written one by one, not in batches: ${sentence(oneByOne)}</p>`}
    ${isDryRun && html`<p>Nothing is written or deleted.</p>`}
    <p class="line">
      <span class="percent">${percentText(percent)}</span>
      <span
        >${total === null ? `${counted(processed, things)} so far` : `${amount(processed)} of ${counted(total, things)}`}</span
      >
    </p>
    <progress max="100" value=${percent ?? (reason ? 0 : undefined)} aria-labelledby="state"></progress>
    <p class="line">
      <span>${rate(entriesPerSecond, things)}</span>
      <span>${current.state === 'paused' ? 'Paused' : eta}</span>
    </p>
    ${pace && !reason && current.state !== 'paused' && kind !== 'verification' && !isDryRun && html`<p class="quiet">${paceWords(pace)}</p>`}
  </section>`;
}

/** @param {{ current: CurrentStatus, progress: Progress, kind: Kind }} props */
function LiveFigures({ current, progress, kind }) {
  const { users, outcomes } = progress;
  const parts = kind === 'rollback' ? 'Segments' : 'Users';
  /** @param {string} counter */
  const listOf = (counter) => {
    const list = listOfCounter[counter];
    if (counter === 'failed') return hrefOf('failures', { run: current.migrationId ?? undefined });
    return list && hrefOf('entries', { id: current.operationId ?? undefined, kind: list });
  };
  return html`<section aria-labelledby="so-far">
    <h2 id="so-far">So far</h2>
    <${Figures}
      rows=${[
        [parts, `${amount(users.completed)} of ${amount(users.listed)} listed`],
        [`${parts} with failures`, amount(users.failed), users.failed > 0 ? 'bad' : ''],
        ...counterRows(kind, outcomes, listOf),
      ]}
    />
  </section>`;
}

/** @param {{ workers: CurrentStatus['workers'] }} props */
function Workers({ workers: { live, tasks } }) {
  const [isOpen, setOpen] = useState(false);
  /** @typedef {{ id: string, host: string, pid: number, version: string, since: string, tasks: number, mismatch: object | null }} Worker */
  const { answer, problem } = useAnswer(isOpen ? '/workers' : undefined, `${live} ${tasks}`);
  const listed = /** @type {{ workers: Worker[] } | undefined} */ (answer)?.workers ?? [];
  return html`<section aria-labelledby="workers">
    <h2 id="workers">Workers</h2>
    ${
      live === 0
        ? html`<p class="reason">No worker is running.</p>`
        : html`<details
            onToggle=${(/** @type {{ currentTarget: HTMLDetailsElement }} */ event) => setOpen(event.currentTarget.open)}
          >
            <summary>${counted(live, 'worker')}, working on ${counted(tasks, 'task')}</summary>
            <${Problem} problem=${problem} />
            <ul class="plain">
              ${listed.map(
                (worker) =>
                  html`<li key=${worker.id}>
                    <b>${worker.host}</b>, process ${worker.pid}, version ${worker.version}, since
                    ${moment(worker.since)}:${' '}
                    ${worker.mismatch === null ? counted(worker.tasks, 'task') : html`<b class="reason">configuration differs</b>`}
                  </li>`,
              )}
            </ul>
          </details>`
    }
  </section>`;
}

/** @param {string | null} operationId */
function useIsDryRun(operationId) {
  const path = operationId?.startsWith('rollback-') ? 'rollbacks' : 'migrations';
  const isAsked = operationId !== null && !operationId.startsWith('verification-');
  const { answer } = useAnswer(isAsked ? `/${path}/${operationId}` : undefined);
  return /** @type {{ dryRun?: boolean } | undefined} */ (answer)?.dryRun === true;
}

/** @param {CurrentStatus} current */
function titleOf({ state, progress }) {
  if (progress === null) return 'Journal migration';
  return `${percentText(progress.percent)} ${stateWords(state).label} · Journal migration`.trim();
}
