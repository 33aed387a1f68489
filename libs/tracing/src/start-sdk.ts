import { hostname } from 'node:os';
import { context, diag, isSpanContextValid, logs, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ParentBasedSampler } from '@opentelemetry/sdk-trace';
import type { TracingSettings } from '@quay-observability/quay-config';
import { chooseCollector } from './choose-collector.ts';
import { createExporter, limitsFromEnvironment } from './create-exporter.ts';
import { createUrlExclusion } from './excluded-urls.ts';
import { hookPackages, patchBuiltins } from './hook-modules.ts';
import { ALL_INSTRUMENTATIONS, createInstrumentations, modulesOf } from './instrumentations.ts';
import { createPythonRatioSampler } from './python-ratio-sampler.ts';
import { limitReports } from './report-problems.ts';
import { routeDiagnostics } from './route-diagnostics.ts';
import { runTraced } from './run-traced.ts';
import { setActiveRuntime, type TracingRuntime } from './runtime.ts';
import { createHttpSpanStarter } from './sdk-http-span.ts';
import { createSpanPipeline } from './span-pipeline.ts';
import type { Tracing, TracingHooks, TracingOptions } from './start-tracing.ts';
import { createTraceIdSource } from './trace-ids.ts';
import { ratioBound } from './trace-id-ratio.ts';
import { watchExports } from './watch-exports.ts';

// Not a stable name of the conventions yet.
const ATTR_HOST_NAME = 'host.name';
const SCOPE = '@quay-observability/tracing';
const SHUTDOWN_TIMEOUT_MS = 5000;

/** Sets up the SDK and everything around it. Loaded only if tracing is on. */
export async function startSdk(
  settings: TracingSettings,
  hooks: TracingHooks,
  options: TracingOptions,
): Promise<Tracing> {
  const onProblem = limitReports(hooks.onProblem, settings.dynatrace?.apiToken);
  const collector = chooseCollector(settings);
  routeDiagnostics(onProblem);
  const isExcluded = createUrlExclusion(settings.excludedUrls, onProblem);
  const bound = ratioBound(settings.sampleRate);
  const ids = createTraceIdSource();
  const names = options.instrumentations ?? ALL_INSTRUMENTATIONS;

  const modules = modulesOf(names);
  await hookPackages(modules.packages);
  const observe = watchExports({
    collectorName: collector.name,
    onProblem,
    onRecovery: hooks.onRecovery ?? (() => undefined),
    onExport: hooks.onExport ?? (() => undefined),
  });
  const pipeline = createSpanPipeline(
    await createExporter(collector),
    limitsFromEnvironment(),
    observe,
    options.scrub,
  );
  const sdk = new NodeSDK({
    serviceName: settings.serviceName,
    resource: defaultResource().merge(resourceFromAttributes(resourceAttributes(options.app))),
    // The detector of the host works asynchronously, and at shutdown the SDK does not wait for a batch that
    // waits for it.
    resourceDetectors: [envDetector],
    sampler: new ParentBasedSampler({ root: createPythonRatioSampler(bound) }),
    idGenerator: ids,
    spanProcessors: [pipeline.processor],
    textMapPropagator: new W3CTraceContextPropagator(),
    instrumentations: await createInstrumentations(names, isExcluded),
    // Metrics and logs have their own ways; without these the SDK would export both to localhost.
    metricReaders: [],
    logRecordProcessors: [],
  });
  // Once more: with OTEL_LOG_LEVEL set, the SDK has just put its own logger, the console, in its place.
  routeDiagnostics(onProblem);
  sdk.start();
  patchBuiltins(modules.builtins);

  const tracer = trace.getTracer(SCOPE);
  setActiveRuntime({
    startHttpSpan: createHttpSpanStarter({ tracer, ids, bound, isExcluded }),
    activeTraceContext,
    runTraced: (name, fn) => runTraced(tracer, name, fn),
  });
  let stopping: Promise<void> | undefined;
  return {
    enabled: true,
    shutdown: () =>
      (stopping ??= stop(sdk, pipeline.abandon, options.shutdownTimeoutMs ?? SHUTDOWN_TIMEOUT_MS)),
  };
}

function resourceAttributes(app: string | undefined): Record<string, string> {
  const host = { [ATTR_HOST_NAME]: hostname() };
  return app === undefined ? host : { ...host, 'quay.app': app };
}

const activeTraceContext: TracingRuntime['activeTraceContext'] = () => {
  const spanContext = trace.getSpanContext(context.active());
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return undefined;
  return { traceId: spanContext.traceId, spanId: spanContext.spanId };
};

async function stop(sdk: NodeSDK, abandon: () => void, timeoutMs: number): Promise<void> {
  setActiveRuntime(undefined);
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([sdk.shutdown().catch(() => undefined), timeUp]);
  clearTimeout(timer);
  abandon();
  trace.disable();
  context.disable();
  propagation.disable();
  logs.disable();
  diag.disable();
}
