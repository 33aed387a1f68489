import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  bindRegistryCounters,
  namePull,
  recordAnswer,
  recordSent,
  type CountedRequest,
  type CounterSource,
  type NamedPull,
  type Recording,
} from '@quay-observability/registry-counting';
import {
  createRouteMatcher,
  namespaceLabel,
  repositoryOf,
  requestNamespace,
  type LibrarySettings,
  type RouteFamily,
  type RouteMatch,
} from '@quay-observability/registry-routes';
import { countBody, onHead, type Head } from './watch-answer.ts';

export type RegistryMetricsOptions = {
  /** Where to count: `createMetrics({ app: 'registry-metrics', known: registryLabelValues(...) })`. */
  metrics: CounterSource;
  /** Whose rules are timed. Default: `v1` and `v2`. */
  routes?: readonly RouteFamily[];
  /** Namespace -> value of the label `namespace_name`, as of `TRACKED_NAMESPACES`. Default: none is tracked. */
  namespaceBuckets?: ReadonlyMap<string, string>;
  /** How a repository without a namespace is named in `trackPull`. Default: `library`. */
  library?: LibrarySettings;
  /**
   * The whole size in bytes of a blob whose answer did not tell it (a redirect, a 304, a broken download without
   * `Content-Length`); undefined if it is not known. Asked after the head of the answer, in nobody's way.
   */
  findBlobSize?: (blob: { digest: string; repository: string }) => MaybePromise<number | undefined>;
  /** Told each successful GET and HEAD of a manifest (contract section 4). What it returns is not waited for. */
  trackPull?: (pull: NamedPull) => MaybePromise<void>;
  /** Told what went wrong in here or in a hook. No request fails for it. */
  onProblem: (message: string, error: unknown) => void;
};

type MaybePromise<Value> = Value | Promise<Value>;

/** What Express, Connect and plain `node:http` have in common. */
export type Middleware = (
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

const DEFAULT_LIBRARY: LibrarySettings = { namespace: 'library', enabled: true };

/** Requests that are counted already: a middleware may be mounted twice. */
const counted = new WeakSet<IncomingMessage>();

/**
 * Counts what a registry or API serves as Python would have counted it (contract sections 2 and 3). To be mounted
 * first: the time runs from here to the head of the answer. What matches no rule, or a rule with another method,
 * passes uncounted; so does what was never answered.
 */
export function registryMetrics(options: RegistryMetricsOptions): Middleware {
  const { namespaceBuckets = new Map<string, string>(), library = DEFAULT_LIBRARY, onProblem } = options;
  const matchRoute = createRouteMatcher(options.routes ?? ['v1', 'v2']);
  const recording: Recording = {
    counters: bindRegistryCounters(options.metrics),
    namespaceLabels: {
      labelOf: ({ params, path }, target) =>
        namespaceLabel(requestNamespace(params, target, path), namespaceBuckets),
    },
  };

  const guarded = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      onProblem('A request could not be counted.', error);
    }
  };

  const findBlobSize = async (digest: string, route: RouteMatch): Promise<number | undefined> => {
    try {
      return await options.findBlobSize?.({ digest, repository: repositoryOf(route.params, library) ?? '' });
    } catch (error) {
      onProblem('The size of a blob could not be found.', error);
      return undefined;
    }
  };

  const track = async (pull: NamedPull): Promise<void> => {
    try {
      await options.trackPull?.(pull);
    } catch (error) {
      onProblem('A pull could not be tracked.', error);
    }
  };

  const watch = (request: CountedRequest, response: ServerResponse, arrivedMs: number): void => {
    const sentBytes = maySendUnmeasured(request) ? countBody(response) : () => 0;
    onHead(response, (head: Head) => {
      guarded(() => {
        const answer = { ...head, elapsedMs: performance.now() - arrivedMs };
        const countsSent = recordAnswer(request, answer, recording);
        if (countsSent)
          response.once('close', () => {
            guarded(() => {
              const end = { whole: response.writableFinished, sentBytes: sentBytes() };
              recordSent(request, end, recording);
            });
          });
        const pull = namePull({ ...request, status: head.status, header: head.header }, library);
        if (pull !== undefined) void track(pull);
      });
    });
  };

  return (request, response, next) => {
    const arrivedMs = performance.now();
    guarded(() => {
      const { method = '', originalUrl, url = '', headers } = request;
      // A router that it is mounted under takes its prefix from `url`.
      const target = originalUrl ?? url;
      const match = matchRoute(method, target);
      if (match === undefined || 'methodNotAllowed' in match || counted.has(request)) return;
      counted.add(request);
      const served: CountedRequest = {
        method,
        target,
        route: match,
        contentType: () => headers['content-type'],
        findBlobSize: (digest) => findBlobSize(digest, match),
        // Whoever serves blobs knows their sizes: nothing to remember.
        rememberBlobSize: () => undefined,
      };
      watch(served, response, arrivedMs);
    });
    next();
  };
}

function maySendUnmeasured({ method, route: { endpoint } }: CountedRequest): boolean {
  return method === 'GET' && (endpoint === 'v2.download_blob' || endpoint === 'v1.get_image_layer');
}
