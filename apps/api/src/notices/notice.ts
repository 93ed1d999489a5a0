import type { Operation } from '@migrator/core';
import { outcomeMessage } from '@migrator/engine';

/** The body of a POST to NOTIFY_URL. */
export interface Notice {
  /** The same for each repetition: a notice may come twice. */
  readonly id: string;
  readonly event: 'ended' | 'paused';
  readonly kind: Operation['kind'];
  readonly operationId: string;
  readonly state: Operation['state'] | 'paused';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly message: string;
  readonly source: Operation['binding']['source'];
  readonly target: Operation['binding']['target'];
}

export function endNoticeId({ id, finishedAt = '' }: Operation): string {
  return `${id}:ended:${finishedAt}`;
}

/** The notice of an operation's end. `verification`: the run's own. */
export function endNotice(operation: Operation, verification?: Operation): Notice {
  return {
    ...common(operation),
    id: endNoticeId(operation),
    event: 'ended',
    state: operation.state,
    message: outcomeMessage(operation, verification),
  };
}

/** The notice of a pause; undefined unless an error has paused the operation. */
export function pauseNotice(operation: Operation): Notice | undefined {
  const { control, reason = '', id } = operation;
  if (control !== 'pause' || !/^[A-Z][A-Z_]+(?::|$)/.test(reason)) return undefined;
  return {
    ...common(operation),
    id: `${id}:paused:${reason}`,
    event: 'paused',
    state: 'paused',
    message: `${id} is paused: ${reason}. Resume it with POST /resume`,
  };
}

function common({ kind, id, startedAt, finishedAt, binding }: Operation) {
  return {
    kind,
    operationId: id,
    startedAt,
    finishedAt: finishedAt ?? null,
    source: binding.source,
    target: binding.target,
  };
}
