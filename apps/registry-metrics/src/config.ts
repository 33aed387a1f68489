import {
  gatewaySettings,
  maxNamespaceBucketsSetting,
  originSetting,
} from '@quay-observability/owner-gateway';
import { choiceSetting, integerSetting, type SettingsOf } from '@quay-observability/quay-config';
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
  maxNamespaceBuckets: maxNamespaceBucketsSetting,
  httpWorkers: httpWorkersSetting,
  ...gatewaySettings({ listenPort: 8080 }),
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
