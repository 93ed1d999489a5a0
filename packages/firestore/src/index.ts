export { createFirestoreSource } from './firestore-source.ts';
export { backUp, FileInTheWayError, partialPath } from './backup/back-up.ts';
export { openBackupSource, type BackupSource } from './backup/backup-source.ts';
export { type BackupSummary, verifyBackup } from './backup/verify-backup.ts';
