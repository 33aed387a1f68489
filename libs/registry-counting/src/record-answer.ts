import type { RouteMatch } from '@quay-observability/registry-routes';
import { countPull } from './count-pull.ts';
import { countPush } from './count-push.ts';
import { knownBlobSize, measureBlob } from './measure-blob.ts';
import type { RegistryCounters } from './registry-counters.ts';

/** A request that matches a timed rule, and what is known of blobs where it is served. */
export type CountedRequest = {
  readonly method: string;
  /** Path and query as they arrived. */
  readonly target: string;
  readonly route: RouteMatch;
  /** The `Content-Type` of the request. */
  contentType(): string | undefined;
  /** The size of a blob that the answer does not tell; undefined if nobody knows. Never rejects. */
  findBlobSize(digest: string): Promise<number | undefined>;
  /** Told each size that passes. */
  rememberBlobSize(digest: string, sizeBytes: number): void;
};

/** The head of an answer. */
export type AnswerHead = {
  readonly status: number;
  /** From the arrival of the request to this head. */
  readonly elapsedMs: number;
  readonly header: (lowerCaseName: string) => string | undefined;
};

/** How the body of an answer ended. */
export type AnswerEnd = {
  /** All of it was sent. */
  readonly whole: boolean;
  readonly sentBytes: number;
};

/** What requests are counted in. */
export type Recording = {
  readonly counters: RegistryCounters;
  /** Gives the label `namespace_name`, by `TRACKED_NAMESPACES` as it is at the time. */
  readonly namespaceLabels: { labelOf(route: RouteMatch, target: string): string };
};

/**
 * Counts a request once the head of its answer is known, as Python would have counted it (contract sections 2 and
 * 3). True if `recordSent` is to be called at the end of the body.
 */
export function recordAnswer(
  request: CountedRequest,
  answer: AnswerHead,
  { counters, namespaceLabels }: Recording,
): boolean {
  const { method, target, route } = request;
  const { endpoint } = route;
  const { status } = answer;
  const labels = {
    method,
    route: endpoint,
    status: String(status),
    namespace_name: namespaceLabels.labelOf(route, target),
  };
  counters.requestDuration.observe(labels, answer.elapsedMs / 1000);
  const pull = countPull(endpoint, method, status);
  if (pull !== undefined) counters.pulls.inc(pull);
  if (method === 'PUT') {
    const push = countPush(endpoint, method, status, request.contentType());
    if (push !== undefined) counters.pushes.inc(push);
  }
  const known = knownBlobSize(endpoint, status, answer.header);
  if (known !== undefined) remember(request, known);
  const measure = measureBlob(endpoint, method, status, answer.header);
  if (measure.kind === 'size') count(request, measure.sizeBytes, counters);
  else if (measure.kind === 'look-up') lookUp(request, counters);
  return measure.kind === 'sent';
}

/** Counts a blob whose size was not known before its last byte; looks it up if that one was not sent. */
export function recordSent(
  request: CountedRequest,
  { whole, sentBytes }: AnswerEnd,
  { counters }: Recording,
): void {
  if (whole) count(request, sentBytes, counters);
  else lookUp(request, counters);
}

function count(request: CountedRequest, sizeBytes: number, { pulledBytes }: RegistryCounters): void {
  pulledBytes.inc({ protocol: request.route.family }, sizeBytes);
  remember(request, sizeBytes);
}

function remember(request: CountedRequest, sizeBytes: number): void {
  const { digest } = request.route.params;
  if (digest !== undefined) request.rememberBlobSize(digest, sizeBytes);
}

function lookUp(request: CountedRequest, counters: RegistryCounters): void {
  const protocol = request.route.family;
  const { digest } = request.route.params;
  // A layer of v1 has no digest to look up.
  if (digest === undefined) counters.unknownSizes.inc({ protocol });
  else void request.findBlobSize(digest).then(countFound(counters, protocol));
}

/** Apart, so that a look-up that waits does not keep the whole request. */
function countFound(
  { unknownSizes, pulledBytes }: RegistryCounters,
  protocol: RouteMatch['family'],
): (sizeBytes: number | undefined) => void {
  return (sizeBytes) => {
    if (sizeBytes === undefined) unknownSizes.inc({ protocol });
    else pulledBytes.inc({ protocol }, sizeBytes);
  };
}
