import { describeSourceContract } from '@migrator/devkit/contracts';
import { inject } from 'vitest';

import { backedUp } from './test-support/backed-up.ts';
import { openBackupSource } from './backup-source.ts';

describeSourceContract('BackupSource', async (users) => {
  const backup = await backedUp(users, inject('services').FIRESTORE_EMULATOR_HOST);
  const source = await openBackupSource(backup.path);
  const close = source.close.bind(source);
  source.close = async () => {
    await close();
    await backup.remove();
  };
  return source;
});
