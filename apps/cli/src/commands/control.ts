import type { Command } from 'commander';

import { apiCommand } from '../cli/api-command.ts';

const controls = {
  pause: 'pause what runs, on all workers',
  resume: 'go on with what is paused',
  cancel: 'end what runs, for good',
} as const;

/** The commands `pause`, `resume` and `cancel`. */
export function control(name: keyof typeof controls): Command {
  return apiCommand(name, controls[name], async ({ api }) => {
    const value = await api[name]();
    const { state, operationId } = value.currentStatus;
    return { value, text: `${state}${operationId === null ? '' : ` ${operationId}`}` };
  });
}
