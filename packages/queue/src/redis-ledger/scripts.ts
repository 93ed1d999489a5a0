import { loadScript } from '../run-script.ts';

/** The ledger's scripts. Each file's header names its keys, arguments and results. */
export const scripts = {
  open: loadScript('open-operation'),
  reopen: loadScript('reopen-operation'),
  close: loadScript('close-operation'),
  control: loadScript('control-operation'),
  update: loadScript('update-operation'),
  leases: loadScript('find-leases'),
  markRolledBack: loadScript('mark-rolled-back'),
  startTask: loadScript('start-task'),
  commit: loadScript('commit-task'),
  checkAttempts: loadScript('check-attempts'),
  resetTask: loadScript('reset-task'),
  addTasks: loadScript('add-tasks'),
  requeueFailed: loadScript('requeue-failed-tasks'),
  issues: loadScript('list-issues'),
  taskIssues: loadScript('list-task-issues'),
};
