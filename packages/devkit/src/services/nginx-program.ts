import { findLocalProgram, type FindOptions, type FoundProgram, withApt } from './local-program.ts';

const nginx = { name: 'nginx', file: 'usr/sbin/nginx', probe: ['-v'] };

/** A proxy for tests: nginx on the PATH, or Debian's brought by apt. */
export async function findNginx(options: FindOptions): Promise<FoundProgram> {
  return await findLocalProgram(['nginx'], [withApt(nginx, options)], options.env);
}
