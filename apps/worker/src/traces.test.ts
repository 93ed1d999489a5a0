import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { journals } from '@migrator/devkit';
import { openTestProject } from '@migrator/devkit/test-project';
import { expect, test, vi } from 'vitest';

import { startProgram } from './testing/programs.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

test('a trace goes from the request through the queue to the write', async () => {
  await using collector = await startCollector();
  await using project = await openTestProject({
    env: {
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  await project.addJournals(journals({ users: 1, entriesPerUser: 2 }));
  const [[, url]] = await Promise.all([
    startProgram('api', project.env).line(/^api: (\S+)/),
    startProgram('worker', project.env).line(/^worker: ready/),
  ]);
  const traceId = randomUUID().replaceAll('-', '');
  const answer = await fetch(`${url}/api/migration/firestore-to-dynamodb/start`, {
    method: 'POST',
    headers: { Prefer: 'wait=30', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  expect(await answer.json()).toMatchObject({ state: 'completed' });

  await vi.waitFor(
    () => {
      const spans = collector.spans.filter((span) => span.traceId === traceId);
      const write = spans.find(({ name }) => name === 'dynamodb.putOwned');
      expect(pathTo(write, spans)).toEqual([
        'POST /api/migration/firestore-to-dynamodb/start',
        expect.stringMatching(/^add runs/),
        'process runs',
        'addBulk users',
        'process users',
        'dynamodb.putOwned',
      ]);
    },
    { timeout: 20_000, interval: 100 },
  );
});

test.each(['api', 'worker'] as const)('without the variables the %s loads nothing of it', async (name) => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (process.stderr.write('loaded: ' + url + '\\n'), next(url, context)) });`;
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
  await using project = await openTestProject({ env: { PORT: '0' } });
  const program = startProgram(name, project.env, flags);
  await program.line(/^(api: |worker: ready)/);
  const loaded = program.stderr.split('\n');
  expect(loaded.filter((line) => line.includes('express') || line.includes('bullmq')).length).toBeGreaterThan(
    0,
  );
  const telemetry = loaded.filter((line) =>
    /node_modules\/(@opentelemetry|bullmq-otel)\/(?!.*node_modules)|traces\/open-telemetry\.ts/.test(line),
  );
  // Its bare interface, which the metrics' library and Firestore's ask whether anything traces.
  const harmless = /node_modules\/@opentelemetry\/api\/(?!.*node_modules)/;
  expect(telemetry.filter((line) => !harmless.test(line))).toEqual([]);
});

async function startCollector(): Promise<AsyncDisposable & { url: string; spans: Span[] }> {
  const spans: Span[] = [];
  const collect = (text: string): void => {
    const { resourceSpans = [] } = JSON.parse(text) as {
      resourceSpans?: { scopeSpans: { spans: Span[] }[] }[];
    };
    for (const { scopeSpans } of resourceSpans) spans.push(...scopeSpans.flatMap((scope) => scope.spans));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      collect(Buffer.concat(chunks).toString());
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pathTo(span: Span | undefined, all: readonly Span[]): string[] {
  if (span === undefined) return [];
  return [
    ...pathTo(
      all.find(({ spanId }) => spanId === span.parentSpanId),
      all,
    ),
    span.name,
  ];
}
