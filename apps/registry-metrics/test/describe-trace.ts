import type { ReceivedSpan } from '@quay-observability/testkit';

/** A trace as its innermost server span sees it: the spans above it, and who is the parent of all. */
export type DescribedTrace = {
  /** `<runtime or app> <kind>`, from the outermost inwards. */
  path: string[];
  /** The parent of the outermost span; empty if the trace begins there. */
  outerParent: string;
  serviceNames: string[];
  /** Names of spans whose parent is neither in the trace nor `outerParent`. */
  orphans: string[];
};

/** Describes the trace with this id; undefined as long as the span of `innermostApp` is not there. */
export function describeTrace(
  received: readonly ReceivedSpan[],
  traceId: string,
  innermostApp: string,
): DescribedTrace | undefined {
  const spans = received.filter((span) => span.traceId === traceId);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  let span = spans.find(({ kind, resource }) => kind === 'server' && resource['quay.app'] === innermostApp);
  if (span === undefined) return undefined;
  const path: string[] = [];
  let outerParent = '';
  for (; span !== undefined; span = byId.get(span.parentSpanId)) {
    path.unshift(`${whoMade(span)} ${span.kind}`);
    outerParent = span.parentSpanId;
  }
  return {
    path,
    outerParent,
    serviceNames: [...new Set(spans.map(({ resource }) => String(resource['service.name'])))],
    orphans: spans
      .filter(({ parentSpanId }) => !byId.has(parentSpanId) && parentSpanId !== outerParent)
      .map(({ name }) => name),
  };
}

function whoMade({ resource }: ReceivedSpan): string {
  return String(resource['quay.app'] ?? resource['telemetry.sdk.language']);
}
