import type { Logger } from '@quay-observability/logging';
import { OTHER } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import {
  namespaceLabel,
  OTHER_NAMESPACE,
  repositoryOf,
  requestNamespace,
  type LibrarySettings,
  type RouteMatch,
} from '@quay-observability/registry-routes';
import { createBucketAdmission } from './bucket-admission.ts';

/** Whose namespace a request has: as Python takes it from the path, or that of its repository. */
export type NamespaceSource = 'python' | 'repository';

/** The label `namespace_name` of requests, by `TRACKED_NAMESPACES` as it is now. */
export type NamespaceLabels = {
  labelOf(route: Pick<RouteMatch, 'params' | 'path'>, target: string): string;
  /** Replaces the mapping of namespace to bucket, and what the metric takes for known. */
  track(wanted: ReadonlyMap<string, string>): void;
};

export type NamespaceLabelsOptions = {
  source: NamespaceSource;
  library: LibrarySettings;
  /** Most buckets at a time. */
  maxBuckets: number;
  metrics: Pick<Metrics<'registry-metrics' | 'api-health'>, 'knowLabelValues'>;
  log: Pick<Logger, 'warning'>;
};

/** Nothing is tracked at first. */
export function createNamespaceLabels(options: NamespaceLabelsOptions): NamespaceLabels {
  const { source, library, maxBuckets, metrics, log } = options;
  const admit = createBucketAdmission(maxBuckets);
  let buckets: ReadonlyMap<string, string> = new Map();
  return {
    labelOf: ({ params, path }, target) =>
      namespaceLabel(
        source === 'python'
          ? requestNamespace(params, target, path)
          : namespaceOfRepository(repositoryOf(params, library)),
        buckets,
      ),
    track: (wanted) => {
      const admitted = admit(wanted);
      ({ buckets } = admitted);
      metrics.knowLabelValues('quay_request_duration_seconds', 'namespace_name', [
        ...new Set([OTHER_NAMESPACE, OTHER, ...buckets.values()]),
      ]);
      if (admitted.refused > 0)
        log.warning(
          'TRACKED_NAMESPACES has more buckets than are counted apart; the rest counts as `other`.',
          {
            refused: admitted.refused,
            limit: maxBuckets,
            limitUntilRestart: 2 * maxBuckets,
          },
        );
    },
  };
}

/** Quay's namespaces have no slash: the rest belongs to the name. */
function namespaceOfRepository(repository: string | undefined): string | undefined {
  const slash = repository?.indexOf('/') ?? -1;
  return slash > 0 ? repository?.slice(0, slash) : undefined;
}
