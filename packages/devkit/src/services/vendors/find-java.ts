import { join } from 'node:path';
import { findProgram } from '../find-program.ts';
import { runProgram } from '../../processes/run-program.ts';
import { VendorsMissingError } from './vendors-missing-error.ts';

const oldest = 17;
const howToGetIt =
  'install it (Debian, Ubuntu: apt-get install default-jre-headless; macOS: brew install openjdk) or set JAVA_HOME.';

/** The `java` of JAVA_HOME, else of the PATH. Throws `VendorsMissingError` if none is new enough. */
export async function findJava(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env['JAVA_HOME'];
  const java =
    (home ? await findProgram('java', join(home, 'bin')) : undefined) ??
    (await findProgram('java', env['PATH']));
  if (java === undefined)
    throw new VendorsMissingError([`Java ${oldest} or later is missing: ${howToGetIt}`]);
  // Java 8 and macOS's own placeholder for a missing Java fail here.
  const output = await runProgram(java, ['--version'], { env }).catch(() => '');
  const version = Number(/^\S+ (\d+)/.exec(output)?.[1] ?? 0);
  if (version >= oldest) return java;
  throw new VendorsMissingError([
    `${java} is ${version === 0 ? 'not a current Java' : `Java ${version}`}, and ${oldest} or later is needed: ${howToGetIt}`,
  ]);
}
