import {
  booleanSetting,
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  type SettingsOf,
} from '@quay-observability/quay-config';

/** Settings of every gateway that routes by owner: where it listens, its limits, its time-outs. */
export function gatewaySettings(defaults: { listenPort: number }) {
  return {
    listenHost: stringSetting('LISTEN_HOST', {
      help: 'Address of the public listener.',
      default: '127.0.0.1',
    }),
    listenPort: portSetting('LISTEN_PORT', {
      help: 'Port of the public listener; 0 picks a free one.',
      default: defaults.listenPort,
    }),
    trustForwarded: booleanSetting('TRUST_FORWARDED_HEADERS', {
      help: 'Believe the X-Forwarded-* headers of the client, as is right behind a proxy. Turn it off where clients connect directly.',
      default: true,
    }),
    maxConcurrentRequests: integerSetting('MAX_CONCURRENT_REQUESTS', {
      help: 'Most requests at a time; further ones get a 503.',
      default: 1024,
      min: 1,
      max: 100_000,
    }),
    maxConnections: integerSetting('MAX_CONNECTIONS', {
      help: 'Most client connections at a time; further ones are closed.',
      default: 10_000,
      min: 1,
      max: 1_000_000,
    }),
    maxHeaderBytes: integerSetting('MAX_HEADER_BYTES', {
      help: 'Most bytes of the head of a request or of an answer.',
      default: 65_536,
      min: 1024,
      max: 1_048_576,
    }),
    maxHeaderCount: integerSetting('MAX_HEADER_COUNT', {
      help: 'Most headers of a request.',
      default: 200,
      min: 10,
      max: 10_000,
    }),
    maxTargetLength: integerSetting('MAX_TARGET_LENGTH', {
      help: 'Most characters of the path and query of a request.',
      default: 16_384,
      min: 256,
      max: 65_536,
    }),
    clientHeadSeconds: durationSecondsSetting('CLIENT_HEAD_TIMEOUT_SECONDS', {
      help: 'For the head of a request to arrive.',
      default: 30,
      min: 1,
    }),
    clientRequestSeconds: durationSecondsSetting('CLIENT_REQUEST_TIMEOUT_SECONDS', {
      help: 'For a whole request to arrive, the body it uploads included; 0 sets no limit.',
      default: 21_600,
      max: 604_800,
    }),
    clientIdleSeconds: durationSecondsSetting('CLIENT_IDLE_TIMEOUT_SECONDS', {
      help: 'Longest silence of a client that is to send or to read.',
      default: 120,
      min: 1,
    }),
    clientKeepAliveSeconds: durationSecondsSetting('CLIENT_KEEP_ALIVE_SECONDS', {
      help: 'How long an idle connection of a client is kept; longer than the proxy in front keeps it.',
      default: 75,
    }),
    upstreamConnectSeconds: durationSecondsSetting('UPSTREAM_CONNECT_TIMEOUT_SECONDS', {
      help: 'For a connection to an upstream.',
      default: 5,
      min: 0.1,
    }),
    upstreamHeadSeconds: durationSecondsSetting('UPSTREAM_HEAD_TIMEOUT_SECONDS', {
      help: 'Until an upstream answers a GET, HEAD or OPTIONS.',
      default: 300,
      min: 0.1,
    }),
    upstreamBodySeconds: durationSecondsSetting('UPSTREAM_BODY_TIMEOUT_SECONDS', {
      help: 'Longest silence of an upstream in the middle of an answer.',
      default: 120,
      min: 0.1,
    }),
    upstreamUploadSeconds: durationSecondsSetting('UPSTREAM_UPLOAD_TIMEOUT_SECONDS', {
      help: 'Longest silence of an upstream during or after any other request (a registry may be assembling a layer; Quay allows as much).',
      default: 2000,
      min: 0.1,
    }),
    upstreamKeepAliveSeconds: durationSecondsSetting('UPSTREAM_KEEP_ALIVE_SECONDS', {
      help: 'How long an idle connection to an upstream is kept; shorter than the upstream keeps it (gunicorn: 2).',
      default: 1.5,
      min: 0.1,
    }),
    fastPath: booleanSetting('GATEWAY_FAST_PATH', {
      help: "Read plain requests and answers by the gateway's own readers; off, everything goes through node's and undici's.",
      default: true,
    }),
  };
}

export type GatewaySettings = SettingsOf<ReturnType<typeof gatewaySettings>>;

/** Bounds the label `namespace_name`; see `createNamespaceLabels`. */
export const maxNamespaceBucketsSetting = integerSetting('TRACKED_NAMESPACES_MAX_BUCKETS', {
  help: 'Most buckets of `TRACKED_NAMESPACES` with a label value of their own, and twice as many until the restart; the rest is `other`.',
  default: 200,
  min: 1,
  max: 10_000,
});
