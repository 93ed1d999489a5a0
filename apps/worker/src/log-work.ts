import type { Log } from '@migrator/runtime';
import type { OnWorkEvent } from '@migrator/queue';

/** Writes down what a worker does: runs for everybody, users that are done only for who asks for details. */
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
        log.warn({ run, differences: event.detail }, 'configured for another run: takes no part in this one');
        return;
      case 'task': {
        const { user, segment, job, outcome, detail } = event;
        const failed = outcome === 'failed' || outcome === 'error';
        log[failed ? 'warn' : 'debug']({ run, user, segment, job, outcome, detail }, 'task ended');
      }
    }
  };
}
