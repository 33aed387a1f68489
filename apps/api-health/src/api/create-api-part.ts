import {
  createNamespaceLabels,
  createOwnerGateway,
  upstreamChecks,
  type NamespaceLabels,
} from '@quay-observability/owner-gateway';
import { createRouteMatcher } from '@quay-observability/registry-routes';
import type { AppContext, OwnerSwitches } from '@quay-observability/service';
import type { Part } from '../part.ts';
import { apiErrorForm } from './api-error-form.ts';
import type { apiSettings } from './api-settings.ts';
import { createRequestTimer } from './request-timer.ts';
import { apiServedBy } from './served-by.ts';

type ApiContext = Pick<
  AppContext<'api-health', typeof apiSettings>,
  'config' | 'settings' | 'metrics' | 'log' | 'publicHttp' | 'addReadinessCheck' | 'onConfigReload'
>;

/** The gateway for `/api`, and its base URL once listening. */
export type ApiPart = Part & { readonly url: () => string };

/**
 * The gateway for `/api`: gives each request to the runtime that owns it, and times those that the new one serves.
 * Undefined where no upstream is set.
 */
export function createApiPart(
  context: ApiContext,
  switches: Pick<OwnerSwitches, 'route'>,
): ApiPart | undefined {
  const { config, settings, metrics, publicHttp, addReadinessCheck } = context;
  const log = context.log.child('api');
  const servedBy = apiServedBy(settings, { switches, library: config.library }, log);
  if (servedBy === undefined) return undefined;
  const gateway = createOwnerGateway({
    settings,
    servedBy,
    matchRoute: createRouteMatcher(['api']),
    metrics,
    log,
    errorForm: apiErrorForm,
    requestArrived: (method) => publicHttp.arrived(method),
    counterOf: createRequestTimer({
      duration: metrics.histogram('quay_request_duration_seconds'),
      namespaceLabels: followedNamespaceLabels(context),
    }),
  });
  for (const check of upstreamChecks(servedBy)) addReadinessCheck(check);
  return {
    listen: gateway.listen,
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await gateway.disconnect();
    },
  };
}

/** By `TRACKED_NAMESPACES` as it is in the configuration in force. */
function followedNamespaceLabels({
  config,
  settings,
  metrics,
  log,
  onConfigReload,
}: ApiContext): NamespaceLabels {
  const labels = createNamespaceLabels({
    source: 'python',
    library: config.library,
    maxBuckets: settings.maxNamespaceBuckets,
    metrics,
    log,
  });
  labels.track(config.trackedNamespaces);
  onConfigReload(({ trackedNamespaces }) => {
    labels.track(trackedNamespaces);
  });
  return labels;
}
