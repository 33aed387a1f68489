import { propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { startHttpSpan, type HttpSpanStart } from '@quay-observability/tracing';

type Headers = HttpSpanStart['headers'];
export type Contestant = {
  name: string;
  /** Undefined: tracing is off. */
  sampleRate: number | undefined;
  headers: Headers;
  /** What tracing does for one request; gives something that depends on all of it. */
  request: (path: string, headers: Headers) => number;
};

const CLIENT = { host: 'quay.example', 'user-agent': 'skopeo/1.9' };
const UNSAMPLED = { ...CLIENT, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' };

/** As the gateway does it: a span, the headers for the upstream, route and status, the end. */
function ours(path: string, headers: Headers): number {
  const span = startHttpSpan({ method: 'GET', path, headers });
  const upstream = span.traceparentHeaders;
  span.setRoute('/v2/<repopath:repository>/manifests/<manifest_ref>');
  span.setStatus(200);
  span.end();
  return upstream.traceparent?.length ?? 0;
}

/** The same with the calls that an instrumentation makes. */
function direct(path: string, headers: Headers): number {
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  const attributes = {
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': path,
    'server.address': 'quay.example',
  };
  const span = trace.getTracer('bench').startSpan('GET', { kind: SpanKind.SERVER, attributes }, parent);
  const upstream: Record<string, string> = {};
  propagation.inject(trace.setSpan(parent, span), upstream);
  span.setAttribute('http.route', '/v2/<repopath:repository>/manifests/<manifest_ref>');
  span.setAttribute('http.response.status_code', 200);
  span.end();
  return upstream.traceparent?.length ?? 0;
}

/** What everyone is compared to. */
export const BASELINE = 'tracing off';

export const contestants: readonly Contestant[] = [
  { name: BASELINE, sampleRate: undefined, headers: CLIENT, request: ours },
  { name: 'not sampled, trace begins here', sampleRate: 0, headers: CLIENT, request: ours },
  { name: 'not sampled, client has a trace', sampleRate: 0, headers: UNSAMPLED, request: ours },
  { name: 'sampled', sampleRate: 1, headers: CLIENT, request: ours },
  { name: 'OpenTelemetry directly, not sampled', sampleRate: 0, headers: CLIENT, request: direct },
  { name: 'OpenTelemetry directly, sampled', sampleRate: 1, headers: CLIENT, request: direct },
];
