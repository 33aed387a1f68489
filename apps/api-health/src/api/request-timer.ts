import type { BoundHistogram } from '@quay-observability/metrics';
import type { NamespaceLabels, RequestCounter, RoutedRequest } from '@quay-observability/owner-gateway';

export type RequestTimerOptions = {
  duration: BoundHistogram<'quay_request_duration_seconds'>;
  namespaceLabels: Pick<NamespaceLabels, 'labelOf'>;
};

/** Times requests that a rule matches, from their arrival to the head of the answer (contract section 2). */
export function createRequestTimer({
  duration,
  namespaceLabels,
}: RequestTimerOptions): (request: RoutedRequest) => RequestCounter {
  return ({ request: { method, target }, route }) => ({
    answered: ({ status, elapsedMs }) => {
      const namespace_name = namespaceLabels.labelOf(route, target);
      duration.observe(
        { method, route: route.endpoint, status: String(status), namespace_name },
        elapsedMs / 1000,
      );
    },
  });
}
