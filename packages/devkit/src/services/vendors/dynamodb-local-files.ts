import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../local-program.ts';
import type { FindOptions } from '../local-program.ts';
import { requireOwnFiles, requireOwnFolders } from '../own-files.ts';
import { runProgram } from '../../processes/run-program.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

/** Amazon's own package of Amplify contains DynamoDB Local, its jar and libraries. */
const npmPackage = 'amplify-dynamodb-simulator@2.9.30';
const integrity = 'xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==';
const wanted = 'package/emulator';

export const logToStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * The folder of Amazon's DynamoDB Local in this user's cache. Downloads it from the npm registry if it is missing,
 * and runs none of the package's scripts. Several processes may call this concurrently. Throws `VendorsMissingError`
 * if it can't be downloaded.
 */
export async function findDynamoDbLocal({ env, notice }: FindOptions): Promise<string> {
  const cache = cacheFolder(env);
  const kept = join(cache, npmPackage.replace('@', '-'));
  if (!existsSync(kept)) {
    notice(
      `DynamoDB Local is not in the cache: downloading ${npmPackage} from the npm registry into ${kept}.`,
    );
    try {
      await download(cache, kept, env);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new VendorsMissingError(
        [
          `Amazon's DynamoDB Local is missing, and ${npmPackage} could not be downloaded from the npm registry: ${reason}`,
        ],
        { cause: error },
      );
    }
  }
  await requireOwnFiles(kept);
  return kept;
}

async function download(cache: string, kept: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(cache, { recursive: true, mode: 0o700 });
  await requireOwnFolders(cache);
  const work = await mkdtemp(join(cache, 'download-'));
  try {
    await runProgram('npm', ['pack', '--silent', '--ignore-scripts', npmPackage], { env, cwd: work });
    const [file] = await readdir(work);
    if (file === undefined) throw new Error('npm pack left no file.');
    const archive = join(work, file);
    const digest = await sha512Of(archive);
    if (digest !== integrity) {
      throw new Error(`its SHA-512 is ${digest}, and must be ${integrity}. It was not unpacked.`);
    }
    await runProgram('tar', ['-xzf', archive, '-C', work, wanted], { env });
    await runProgram('chmod', ['-R', 'go-w', join(work, wanted)], { env });
    await rename(join(work, wanted), kept).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(kept)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function sha512Of(file: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('base64');
}
