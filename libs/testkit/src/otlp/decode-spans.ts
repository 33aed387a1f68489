import protobuf from 'protobufjs';

/** What is read of OTLP's `ExportTraceServiceRequest`, as opentelemetry-proto numbers it. */
const PROTO = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
  string name = 5; int32 kind = 6; repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
}
message Event { string name = 2; repeated KeyValue attributes = 3; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; Value value = 2; }
message Value {
  oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; }
}
message ArrayValue { repeated Value values = 1; }
`;
const REQUEST = protobuf.parse(PROTO).root.lookupType('Request');
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

/** A span as a collector sees it. Ids are hexadecimal, an absent parent is `''`. */
export type ReceivedSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  kind: string;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  status: { code: string; message: string };
  resource: Record<string, unknown>;
  scope: string;
};

type WireValue = Record<string, unknown> & { arrayValue?: { values?: WireValue[] } };
type WireAttribute = { key: string; value?: WireValue };
type WireSpan = Record<'traceId' | 'spanId' | 'parentSpanId' | 'traceState' | 'name', string> & {
  kind: number;
  attributes: WireAttribute[];
  events: { name: string; attributes: WireAttribute[] }[];
  status?: { code: number; message: string };
};
type WireRequest = {
  resourceSpans: {
    resource?: { attributes: WireAttribute[] };
    scopeSpans: { scope?: { name: string }; spans: WireSpan[] }[];
  }[];
};

/** The spans of one export request. Throws if the bytes are not one. */
export function decodeSpans(body: Uint8Array): ReceivedSpan[] {
  const options = { longs: Number, bytes: String, arrays: true, defaults: true } as const;
  const request = REQUEST.toObject(REQUEST.decode(body), options) as WireRequest;
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        traceId: toHex(span.traceId),
        spanId: toHex(span.spanId),
        parentSpanId: toHex(span.parentSpanId),
        traceState: span.traceState,
        name: span.name,
        kind: KINDS[span.kind] ?? String(span.kind),
        attributes: toRecord(span.attributes),
        events: span.events.map((event) => ({ name: event.name, attributes: toRecord(event.attributes) })),
        status: { code: STATUSES[span.status?.code ?? 0] ?? '?', message: span.status?.message ?? '' },
        resource: toRecord(resource?.attributes ?? []),
        scope: scope?.name ?? '',
      })),
    ),
  );
}

function toHex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function toRecord(attributes: WireAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toValue(value)]));
}

function toValue(value: WireValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(toValue);
  return value.stringValue ?? value.boolValue ?? value.intValue ?? value.doubleValue;
}
