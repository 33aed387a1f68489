import type { TracingSettings } from '@quay-observability/quay-config';

/** Where spans go, and how. */
export type Collector = {
  readonly protocol: 'http/protobuf' | 'grpc';
  readonly url: string;
  /** Hold the token of Dynatrace: never to be logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL without credentials and query, for logs. */
  readonly name: string;
};

const TRACES_PATH = '/v1/traces';
const HTTP_PORT = '4318';
const GRPC_PORT = '4317';

/**
 * The collector of the settings (contract section 12). Dynatrace, if both its URL and token are set,
 * goes before `endpoint`. Of an endpoint the URL tells the protocol, first match:
 * a path that ends in `/v1/traces` is HTTP; port 4317 is gRPC; port 4318 or any other path is HTTP
 * (without a path: to `/v1/traces`); the rest is gRPC. With gRPC, `https` means TLS.
 *
 * Throws a `TypeError` that names the key if the URL is not one of http or https.
 */
export function chooseCollector(settings: Pick<TracingSettings, 'endpoint' | 'dynatrace'>): Collector {
  if (settings.dynatrace !== undefined) {
    const { apiUrl, apiToken } = settings.dynatrace;
    const url = parseUrl('OTEL_CONFIG.dt_api_url', `${apiUrl.replace(/\/+$/, '')}${TRACES_PATH}`);
    return collector('http/protobuf', url, { Authorization: `Api-Token ${apiToken}` });
  }
  const url = parseUrl('OTEL_CONFIG.endpoint', settings.endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith(TRACES_PATH)) return collector('http/protobuf', url);
  if (url.port === GRPC_PORT) return collector('grpc', url);
  if (path !== '') return collector('http/protobuf', url);
  if (url.port !== HTTP_PORT) return collector('grpc', url);
  url.pathname = TRACES_PATH;
  return collector('http/protobuf', url);
}

function parseUrl(key: string, text: string): URL {
  // `jaeger:4317` would parse as the scheme "jaeger".
  const withScheme = text.includes('://') ? text : `http://${text}`;
  const url = URL.parse(withScheme);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TypeError(`${key} is not an http or https URL`);
  return url;
}

function collector(
  protocol: Collector['protocol'],
  url: URL,
  headers: Record<string, string> = {},
): Collector {
  return {
    protocol,
    url: url.href,
    headers,
    name: `${url.protocol}//${url.host}${protocol === 'grpc' ? '' : url.pathname}`,
  };
}
