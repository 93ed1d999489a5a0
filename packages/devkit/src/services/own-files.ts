import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Throws unless only this user and root can have put there what is in a folder: else another account of the machine could
 * choose what is run. The folders above it count too, as in sshd's StrictModes; a sticky one like /tmp is safe.
 */
export async function requireOwnFiles(root: string): Promise<void> {
  await requireOwnFolders(dirname(root));
  await requireOwn(root);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    await requireOwn(join(entry.parentPath, entry.name));
  }
}

/** The same for a folder in which something is to be put, and all above it. */
export async function requireOwnFolders(folder: string): Promise<void> {
  await requireOwn(folder, { stickyIsSafe: true });
  if (dirname(folder) !== folder) await requireOwnFolders(dirname(folder));
}

async function requireOwn(path: string, { stickyIsSafe = false } = {}): Promise<void> {
  const me = process.getuid?.();
  if (me === undefined) return;
  const stats = await lstat(path);
  const { uid, gid, mode } = stats;
  if (uid !== me && uid !== 0) throw refusal(path, `belongs to another user (uid ${uid})`);
  if (stats.isSymbolicLink() || (stickyIsSafe && (mode & 0o1000) !== 0)) return;
  // Debian gives each user a group of their own: what it may write is still this user's alone.
  const byOthers = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0 && gid !== process.getgid?.());
  if (byOthers) throw refusal(path, 'can be written by other users');
}

function refusal(path: string, why: string): Error {
  return new Error(
    `Nothing is run from ${path}: it ${why}. Remove it, or set XDG_CACHE_HOME to a folder that only you can write.`,
  );
}
