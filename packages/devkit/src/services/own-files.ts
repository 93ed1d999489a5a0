import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Throws if a user other than this one and root could have written to a folder, and so choose what is run. Checks the
 * folders above it too, like sshd's StrictModes; a sticky one like /tmp is safe.
 */
export async function requireOwnFiles(root: string): Promise<void> {
  await requireOwnFolders(dirname(root));
  await requireOwn(root);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    await requireOwn(join(entry.parentPath, entry.name));
  }
}

/** The same for a folder to write to, and all above it. */
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
  // On Debian each user has a group of their own, so its write permission is safe.
  const byOthers = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0 && gid !== process.getgid?.());
  if (byOthers) throw refusal(path, 'can be written by other users');
}

function refusal(path: string, why: string): Error {
  return new Error(
    `Nothing is run from ${path}: it ${why}. Remove it, or set XDG_CACHE_HOME to a folder that only you can write.`,
  );
}
