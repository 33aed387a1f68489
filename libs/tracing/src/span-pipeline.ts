import { TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

import { scrubSpan, type ScrubText } from './scrub-span.ts';

/** What became of a number of spans. */
export type SpanOutcome = 'exported' | 'queue-full' | 'export-failed' | 'shutdown';

/** Sizes in spans. */
export type PipelineLimits = { queueSize: number; batchSize: number; delayMs: number };

/** The SDK's batching processor with every span accounted for. */
export type SpanPipeline = {
  readonly processor: SpanProcessor;
  /** Gives up on what is still under way and reports it as lost at shutdown. */
  readonly abandon: () => void;
};

/**
 * Batches spans to `exporter`, scrubbed, and reports what becomes of each: exported, or lost and why. The SDK drops
 * on a full queue in silence and prints an error per failed batch; here both are the observer's business.
 */
export function createSpanPipeline(
  exporter: SpanExporter,
  limits: PipelineLimits,
  observe: (outcome: SpanOutcome, spans: number, error?: Error) => void,
  scrub?: ScrubText,
): SpanPipeline {
  let queued = 0;
  let underWay = 0;
  let abandoned = false;

  const settle = (outcome: SpanOutcome, spans: number, error?: Error): void => {
    underWay -= spans;
    if (!abandoned) observe(outcome, spans, error);
  };
  const observed: SpanExporter = {
    export(spans, done) {
      queued -= spans.length;
      underWay += spans.length;
      send(exporter, spans, (error) => {
        settle(error === undefined ? 'exported' : 'export-failed', spans.length, error);
        // The failure has been reported; to the SDK it would be an error of its own.
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
  const batching = new BatchSpanProcessor({
    exporter: observed,
    maxQueueSize: limits.queueSize,
    maxExportBatchSize: Math.min(limits.batchSize, limits.queueSize),
    scheduledDelayMillis: limits.delayMs,
  });
  return {
    processor: {
      onStart: (span, parent) => {
        batching.onStart(span, parent);
      },
      onEnd(span) {
        if (abandoned || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
        if (queued >= limits.queueSize) {
          observe('queue-full', 1);
          return;
        }
        queued++;
        if (scrub !== undefined) scrubSpan(span, scrub);
        batching.onEnd(span);
      },
      forceFlush: () => batching.forceFlush(),
      shutdown: () => batching.shutdown(),
    },
    abandon() {
      if (abandoned) return;
      abandoned = true;
      if (queued + underWay > 0) observe('shutdown', queued + underWay);
    },
  };
}

function send(exporter: SpanExporter, spans: ReadableSpan[], done: (error: Error | undefined) => void): void {
  try {
    exporter.export(spans, ({ code, error }) => {
      done(
        code === ExportResultCode.SUCCESS
          ? undefined
          : (error ?? new Error('the collector refused the spans')),
      );
    });
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}
