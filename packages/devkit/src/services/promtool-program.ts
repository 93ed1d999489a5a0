import { findLocalProgram, type FindOptions, type FoundProgram, withApt } from './local-program.ts';

const promtool = { name: 'prometheus', file: 'usr/bin/promtool', probe: ['--version'] };

/** What tests alert rules: promtool on the PATH, or Debian's brought by apt. */
export async function findPromtool(options: FindOptions): Promise<FoundProgram> {
  return await findLocalProgram(['promtool'], [withApt(promtool, options)], options.env);
}
