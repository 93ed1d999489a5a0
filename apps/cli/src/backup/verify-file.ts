import { verifyBackup } from '@migrator/firestore';

import type { Outcome, Session } from '../cli/run-command.ts';
import { countingDisplay } from './counting-display.ts';
import { describeBackup, outcomeOfBackup } from './describe-backup.ts';

export async function verifyFile(session: Session, path: string): Promise<Outcome> {
  const display = countingDisplay(session, 'Verifying');
  try {
    const summary = await verifyBackup(path, { signal: session.signal, onProgress: display.show });
    display.finish();
    return outcomeOfBackup(path, summary, `A whole backup: ${describeBackup(path, summary)}`);
  } finally {
    display.stop();
  }
}
