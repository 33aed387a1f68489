import { z } from 'zod';
import { configKey } from '../config-key.ts';
import { boolean, nonEmptyText, optionalText, textList } from '../value-schemas.ts';
import { mapTrackedNamespaces } from './tracked-namespaces.ts';

/** The plan's default; Quay itself defaults to OTLP over HTTP, `http://jaeger:4318/v1/traces`. */
const DEFAULT_ENDPOINT = 'http://jaeger:4317';
export const DEFAULT_SAMPLE_RATE = 1 / 1000;

const otelShape = z.looseObject(
  {
    service_name: optionalText.optional(),
    endpoint: optionalText.optional(),
    dt_api_url: optionalText.optional(),
    dt_api_token: optionalText.optional(),
    sample_rate: z.unknown().optional(),
  },
  'expected a mapping',
);

const otelSchema = otelShape.transform((given) => ({
  serviceName: given.service_name ?? 'quay',
  endpoint: given.endpoint ?? DEFAULT_ENDPOINT,
  // Both must be set; one alone means that spans go to the endpoint.
  dynatrace:
    given.dt_api_url !== undefined && given.dt_api_token !== undefined
      ? { apiUrl: given.dt_api_url, apiToken: given.dt_api_token }
      : undefined,
  sampleRate: sampleRate(given.sample_rate),
}));

/** Anything but a number in 0..1 falls back, never an error. In Python `true` is the number 1. */
function sampleRate(value: unknown): number {
  const rate = typeof value === 'boolean' ? Number(value) : value;
  return typeof rate === 'number' && rate >= 0 && rate <= 1 ? rate : DEFAULT_SAMPLE_RATE;
}

export const metricsKeys = {
  TRACKED_NAMESPACES: configKey<ReadonlyMap<string, string>>({
    kind: 'list, or mapping bucket -> names',
    fallback: new Map(),
    fallbackText: '[]',
    help: 'Namespaces with a label value of their own in `quay_request_duration_seconds`; the rest is `other`. Anything malformed means that no namespace is tracked.',
    usedBy: ['registry-metrics', 'api-health'],
    section: 2,
    variable: 'yaml',
    ordered: true,
    reloadable: true,
    schema: z.unknown().transform((value) => mapTrackedNamespaces(value) ?? new Map<string, string>()),
    warning: (raw) =>
      raw !== undefined && raw !== null && mapTrackedNamespaces(raw) === undefined
        ? 'TRACKED_NAMESPACES is malformed: no namespace is tracked'
        : undefined,
  }),
  PROMETHEUS_NAMESPACE: configKey({
    kind: 'string',
    fallback: 'quay',
    help: 'The label `job` under which the Python runtime pushes its metrics.',
    usedBy: 'all',
    section: 1,
    variable: 'text',
    schema: nonEmptyText,
  }),
  LIBRARY_NAMESPACE: configKey({
    kind: 'string',
    fallback: 'library',
    help: 'The namespace of repositories named without one.',
    usedBy: ['switch-controller', 'registry-metrics'],
    section: 2,
    variable: 'text',
    schema: nonEmptyText,
  }),
  FEATURE_LIBRARY_SUPPORT: configKey({
    kind: 'boolean',
    fallback: true,
    help: 'Whether repositories may be named without a namespace.',
    usedBy: ['switch-controller', 'registry-metrics'],
    section: 2,
    variable: 'text',
    schema: boolean,
  }),
  FEATURE_OTEL_TRACING: configKey({
    kind: 'boolean',
    fallback: false,
    help: 'Whether spans are made and exported.',
    usedBy: 'all',
    section: 12,
    variable: 'text',
    schema: boolean,
  }),
  OTEL_CONFIG: configKey({
    kind: 'mapping',
    fallback: {
      serviceName: 'quay',
      endpoint: DEFAULT_ENDPOINT,
      dynatrace: undefined,
      sampleRate: DEFAULT_SAMPLE_RATE,
    },
    fallbackText: '{}',
    help: `\`service_name\` (quay), \`endpoint\` (${DEFAULT_ENDPOINT}; the protocol follows from the URL), \`dt_api_url\` and \`dt_api_token\` (both set: Dynatrace), \`sample_rate\` (0.001; anything outside 0..1 means that).`,
    usedBy: 'all',
    section: 12,
    variable: 'yaml',
    secret: true,
    schema: otelSchema,
  }),
  OTEL_TRACING_EXCLUDED_URLS: configKey<string[]>({
    kind: 'string or list',
    fallback: [],
    fallbackText: 'none',
    help: 'Comma-separated regular expressions; a URL in which one is found gets no span.',
    usedBy: 'all',
    section: 12,
    variable: 'text',
    schema: commaSeparated(),
  }),
};

/** `a, b` or a list; empty entries do not count. */
export function commaSeparated(): z.ZodType<string[]> {
  return z
    .preprocess((value) => (typeof value === 'string' ? value.split(',') : value), textList)
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''));
}
