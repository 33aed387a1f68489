import {
  booleanSetting,
  choiceSetting,
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  urlSetting,
  type Setting,
  type SettingsOf,
} from '@quay-observability/quay-config';
import { httpWorkersSetting } from '@quay-observability/service';
import { notificationSettings } from './notifications/notification-settings.ts';

/** Settings of this app, by environment variable; README.md has them as a table. */
export const registrySettings = {
  upstreamUrl: originSetting('REGISTRY_UPSTREAM_URL', {
    help: 'Origin of the registry of the new runtime (owner `go`): scheme, host and port, no path.',
    default: 'http://127.0.0.1:5000',
  }),
  pythonUpstreamUrl: originSetting('REGISTRY_PYTHON_UPSTREAM_URL', {
    help: 'Origin of Quay (owner `python`). Without it nothing is routed: every request goes to REGISTRY_UPSTREAM_URL and is counted.',
    default: undefined,
  }),
  uploadPinTtlSeconds: integerSetting('UPLOAD_PIN_TTL_SECONDS', {
    help: 'How long after its last chunk an upload stays with the runtime that began it.',
    default: 86_400,
    min: 60,
    max: 604_800,
  }),
  namespaceLabel: choiceSetting('REGISTRY_NAMESPACE_LABEL', {
    help: 'Whose namespace the label `namespace_name` tells: `python`, the one Python takes from the path (`v1`, `v2`), or `repository`, that of the repository.',
    choices: ['python', 'repository'],
    default: 'python',
  }),
  maxNamespaceBuckets: integerSetting('TRACKED_NAMESPACES_MAX_BUCKETS', {
    help: 'Most buckets of `TRACKED_NAMESPACES` with a label value of their own, and twice as many until the restart; the rest is `other`.',
    default: 200,
    min: 1,
    max: 10_000,
  }),
  listenHost: stringSetting('LISTEN_HOST', { help: 'Address of the public listener.', default: '127.0.0.1' }),
  listenPort: portSetting('LISTEN_PORT', {
    help: 'Port of the public listener; 0 picks a free one.',
    default: 8080,
  }),
  httpWorkers: httpWorkersSetting,
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
    help: 'For a whole request to arrive, the layer it uploads included; 0 sets no limit.',
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
    help: 'For a connection to the registry.',
    default: 5,
    min: 0.1,
  }),
  upstreamHeadSeconds: durationSecondsSetting('UPSTREAM_HEAD_TIMEOUT_SECONDS', {
    help: 'Until the registry answers a GET, HEAD or OPTIONS.',
    default: 300,
    min: 0.1,
  }),
  upstreamBodySeconds: durationSecondsSetting('UPSTREAM_BODY_TIMEOUT_SECONDS', {
    help: 'Longest silence of the registry in the middle of an answer.',
    default: 120,
    min: 0.1,
  }),
  upstreamUploadSeconds: durationSecondsSetting('UPSTREAM_UPLOAD_TIMEOUT_SECONDS', {
    help: 'Longest silence of the registry during or after an upload (it may be assembling a layer; Quay allows as much).',
    default: 2000,
    min: 0.1,
  }),
  upstreamKeepAliveSeconds: durationSecondsSetting('UPSTREAM_KEEP_ALIVE_SECONDS', {
    help: 'How long an idle connection to the registry is kept; shorter than the registry keeps it (gunicorn: 2).',
    default: 1.5,
    min: 0.1,
  }),
  fastPath: booleanSetting('GATEWAY_FAST_PATH', {
    help: "Read plain requests and answers by the gateway's own readers; off, everything goes through node's and undici's.",
    default: true,
  }),
  blobSizeCacheEntries: integerSetting('BLOB_SIZE_CACHE_ENTRIES', {
    help: 'How many blob sizes are remembered, some 200 bytes each.',
    default: 50_000,
    min: 1,
    max: 10_000_000,
  }),
  pullTrackingQueueSize: integerSetting('PULL_TRACKING_QUEUE_SIZE', {
    help: 'Most pulls on their way to Redis, some 500 bytes each; further ones are not tracked, but counted.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  repositoryIdCacheEntries: integerSetting('REPOSITORY_ID_CACHE_ENTRIES', {
    help: 'Of how many repositories the database id is remembered for pull tracking, some 200 bytes each.',
    default: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  ...notificationSettings,
};

export type RegistrySettings = SettingsOf<typeof registrySettings>;

/** A URL that is nothing but scheme, host and port; it is required. */
function originSetting<D>(name: string, options: { help: string; default: D }): Setting<string | D> {
  const url = urlSetting(name, options);
  return {
    ...url,
    read: (text) => {
      const reading = url.read(text);
      if (!('value' in reading)) return reading;
      const { origin, href } = new URL(text);
      // Credentials, a path or a query would be silently dropped.
      if (href !== `${origin}/`)
        return { problem: 'expected only scheme, host and port, as in http://registry:5000' };
      return { value: origin };
    },
  };
}
