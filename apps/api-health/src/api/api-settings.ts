import {
  gatewaySettings,
  maxNamespaceBucketsSetting,
  originSetting,
} from '@quay-observability/owner-gateway';
import type { SettingsOf } from '@quay-observability/quay-config';

/** Settings of the gateway for `/api`. */
export const apiSettings = {
  apiUpstreamUrl: originSetting('API_UPSTREAM_URL', {
    help: 'Origin of the API of the new runtime (owner `go`): scheme, host and port, no path. Without it everything goes to API_PYTHON_UPSTREAM_URL.',
    default: undefined,
  }),
  apiPythonUpstreamUrl: originSetting('API_PYTHON_UPSTREAM_URL', {
    help: 'Origin of Quay (owner `python`). Without it everything goes to API_UPSTREAM_URL and is counted; without both there is no gateway.',
    default: undefined,
  }),
  maxNamespaceBuckets: maxNamespaceBucketsSetting,
  ...gatewaySettings({ listenPort: 8082 }),
};

export type ApiSettings = SettingsOf<typeof apiSettings>;
