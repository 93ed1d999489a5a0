import type { Log } from '../logs/create-log.ts';
import type { Tracing } from './start-open-telemetry.ts';

export const noTracing: Tracing = {
  active: false,
  span: (_name, _attributes, work) => work(),
  request: (_request, _ended, work) => work(),
  current: () => ({}),
  close: async () => undefined,
};

/** Tracing as the environment variables say. Loads OpenTelemetry's SDK only if traces are on. */
export async function openTracing(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  log: Log,
): Promise<Tracing> {
  if (!tracesWanted(env)) return noTracing;
  const { startOpenTelemetry } = await import('./start-open-telemetry.ts');
  return startOpenTelemetry(program, env, log);
}

/** Whether OpenTelemetry's own variables turn traces on. */
function tracesWanted(env: Readonly<Record<string, string | undefined>>): boolean {
  const set = (name: string): boolean => (env[name] ?? '') !== '';
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none')
    return false;
  return ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_TRACES_EXPORTER'].some(
    set,
  );
}
