/**
 * A client's main loop: runs one task after another, and replies `{ done }` with the number of processed entries.
 */
export function onTask(work: (projectId: string) => Promise<number>): void {
  process.on('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('task' in message)) return;
    void answer(work, String(message.task));
  });
  process.channel?.ref();
  process.on('SIGTERM', () => process.exit(0));
  process.send?.({ ready: true });
}

async function answer(work: (projectId: string) => Promise<number>, projectId: string): Promise<void> {
  try {
    process.send?.({ done: await work(projectId) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
}
