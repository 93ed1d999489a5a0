import type { Log } from '@migrator/runtime';
import type { OnWorkEvent } from '@migrator/queue';

/** Logs a worker's events. Completed tasks are logged at debug level only. */
export function logWork(log: Log): OnWorkEvent {
  return (event) => {
    const { run } = event;
    switch (event.kind) {
      case 'phase': {
        const { phase, reason } = event;
        if (phase === 'pause') log.warn({ run, reason }, 'operation paused');
        else if (phase === 'cancel') log.info({ run }, 'operation cancelling');
        else log.info({ run, phase }, 'operation phase');
        return;
      }
      case 'progress': {
        const { kind: _, ...progress } = event;
        log.info(progress, 'operation progress');
        return;
      }
      case 'ended': {
        const { state, reason } = event;
        log[state === 'failed' ? 'error' : 'info']({ run, state, reason }, 'operation ended');
        return;
      }
      case 'one-by-one':
        log.warn({ run, reason: event.reason }, 'entries are written one by one');
        return;
      case 'binding-mismatch':
        log.warn(
          { run, differences: event.detail },
          'configuration differs: this worker does not work on the run',
        );
        return;
      case 'task': {
        const { user, segment, job, outcome, detail } = event;
        const failed = outcome === 'failed' || outcome === 'error';
        log[failed ? 'warn' : 'debug']({ run, user, segment, job, outcome, detail }, 'task ended');
      }
    }
  };
}
