import { getNumberFromEnv } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Collector } from './choose-collector.ts';
import type { PipelineLimits } from './span-pipeline.ts';

// With all its retries. What is under way at shutdown is then over when shutdown gives up.
const EXPORT_TIMEOUT_MS = 5000;

/** Loads and creates the exporter for this collector. The other one is not loaded. */
export async function createExporter({ protocol, url, headers }: Collector): Promise<SpanExporter> {
  if (protocol === 'grpc') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
    return new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_TIMEOUT_MS });
}

/** The standard variables of the batching processor, which Python's reads too. */
export function limitsFromEnvironment(): PipelineLimits {
  return {
    queueSize: positive('OTEL_BSP_MAX_QUEUE_SIZE') ?? 2048,
    batchSize: positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 512,
    delayMs: positive('OTEL_BSP_SCHEDULE_DELAY') ?? 5000,
  };
}

function positive(variable: string): number | undefined {
  const value = getNumberFromEnv(variable);
  return value !== undefined && value >= 1 ? value : undefined;
}
