import { describeSourceContract } from '@migrator/devkit/contracts';
import { inject } from 'vitest';

import { backedUp, openFilledSource } from './test-support/backed-up.ts';
import { openBackupSource } from './backup-source.ts';

describeSourceContract('BackupSource', async (users) => {
  const firestore = await openFilledSource(users, inject('services').FIRESTORE_EMULATOR_HOST);
  const backup = await backedUp(firestore);
  await firestore.close();
  const source = await openBackupSource(backup.path);
  const close = source.close.bind(source);
  source.close = async () => {
    await close();
    await backup.remove();
  };
  return source;
});
