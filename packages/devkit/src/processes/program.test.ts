import { expect, it, onTestFinished, vi } from 'vitest';

import { isRunning } from './is-running.ts';
import { Program, ProgramError, type ProgramOptions } from './program.ts';

function start(code: string, options: Partial<ProgramOptions> = {}): Program {
  const program = new Program({ name: 'thing', main: { code }, ...options });
  onTestFinished(() => program.kill());
  return program.start();
}

const stays = 'setInterval(() => {}, 1_000_000);';

it('waits for lines, keeps them, and ends in order', async () => {
  const onUnexpectedEnd = vi.fn<(error: ProgramError) => void>();
  const program = start(
    `process.once('SIGTERM', () => process.exit(7)); ${stays}
    process.stdin.on('data', () => { console.log('one\\none'); console.error('ready at', process.env.WHERE); });
    console.log('hello');`,
    { env: { WHERE: 'home' }, onUnexpectedEnd },
  );
  await program.line(/hello/);
  const ready = program.line(/^ready at (\w+)$/);
  const twice = program.line(/one/, { times: 2 });
  program.send('go');
  expect((await ready)[1]).toBe('home');
  await twice;
  expect(program.stdout).toBe('hello\none\none\n');
  expect(program.stderr).toBe('ready at home\n');
  expect([...program.lastLines].toSorted()).toEqual(['hello', 'one', 'one', 'ready at home']);
  await program.stop();
  expect(await program.ended).toBe(7);
  expect(onUnexpectedEnd).not.toHaveBeenCalled();
  expect(program.unexpectedEnds).toEqual([]);
});

it('says what a program that ended too early said last', async () => {
  const program = start("console.error('PORT holds 1.5'); process.exitCode = 2;");
  await expect(program.line(/ready/)).rejects.toThrow(
    new ProgramError('thing ended by itself (exit code 2).', ['PORT holds 1.5']),
  );
  expect(program.unexpectedEnds).toEqual(['thing ended by itself (exit code 2).\n  PORT holds 1.5']);
  await expect(program.line(/ready/)).rejects.toThrow(ProgramError);
});

it('tells an end that nothing waited for, and starts the program again where that is wanted', async () => {
  const ended = Promise.withResolvers<ProgramError>();
  const program = start(`console.log('here'); ${stays}`, {
    restartAfterMs: 1,
    onUnexpectedEnd: ended.resolve,
  });
  await program.line(/here/);
  const { pid } = program;
  process.kill(pid, 'SIGKILL');
  expect((await ended.promise).message).toBe('thing ended by itself (SIGKILL).\n  here');
  await vi.waitFor(() => expect(program.pid).not.toBe(pid), 20_000);
  await vi.waitFor(() => expect(program.stdout).toBe('here\n'), 20_000);
});

it('gives it nothing of the environment but what programs need', async () => {
  vi.stubEnv('AWS_PROFILE', 'real');
  onTestFinished(() => void vi.unstubAllEnvs());
  const program = start('console.log(JSON.stringify(process.env))', { env: { OWN: 'yes' } });
  await program.ended;
  const { PATH } = process.env;
  expect(JSON.parse(program.stdout)).toMatchObject({ PATH, OWN: 'yes', METADATA_SERVER_DETECTION: 'none' });
  expect(program.stdout).not.toContain('AWS_PROFILE');
});

it('freezes and wakes it', async () => {
  const program = start("console.log('up'); process.stdin.on('data', () => console.log('heard'));" + stays);
  await program.line(/up/);
  program.freeze();
  expect(program.isFrozen).toBe(true);
  const heard = program.line(/heard/);
  program.send('go');
  await vi.waitFor(() => expect(program.stdout).toBe('up\n'), 20_000);
  program.wake();
  await heard;
});

it.each(['SIGTERM', 'SIGKILL'] as const)('a program ends with its parent, also at %s', async (signal) => {
  const parent = start(`
    import { startProgram } from ${JSON.stringify(new URL('./program.ts', import.meta.url).href)};
    const code = "process.once('SIGTERM', () => process.exit(0)); console.log('up'); ${stays}";
    const child = startProgram({ name: 'child', main: { code } });
    await child.line(/up/);
    console.log('child', child.pid);
  `);
  const [, pid] = await parent.line(/^child (\d+)$/);
  expect(isRunning(Number(pid))).toBe(true);
  parent.signal(signal);
  await vi.waitFor(() => expect(isRunning(Number(pid))).toBe(false), { timeout: 20_000 });
});
