import type { SECSCAN_ACTIONS } from '@quay-observability/metric-catalogue';

/** What Quay calls a request to Clair: the label `action`. */
export type ActionName = (typeof SECSCAN_ACTIONS)[number];

export type ClairAction = {
  readonly name: ActionName;
  /** What the path names: the digest of a manifest or the id of a notification; undefined where it names nothing. */
  readonly subject: string | undefined;
};

const CLAIR_PATH = /^\/(?:indexer|matcher|notifier)\/[^?]/;
/** Steps out of the API, for a server that resolves them: `.` and `..`, encoded or not, also behind an encoded slash. */
const DOT_SEGMENT = /(?:\/|%2f|\\|%5c)(?:\.|%2e){1,2}(?:[/?#\\]|%2f|%5c|$)/i;
const ITEM =
  /^\/(indexer\/api\/v1\/index_report|matcher\/api\/v1\/vulnerability_report|notifier\/api\/v1\/notification)\/([^/]+)$/;

/** By method and collection. */
const ITEM_ACTIONS: Readonly<Record<string, ActionName>> = {
  'GET indexer/api/v1/index_report': 'GetIndexReport',
  'DELETE indexer/api/v1/index_report': 'DeleteIndexReport',
  'GET matcher/api/v1/vulnerability_report': 'GetVulnerabilityReport',
  'GET notifier/api/v1/notification': 'GetNotification',
  'DELETE notifier/api/v1/notification': 'DeleteNotification',
};

/** Whether a request target is of Clair's API: what else a server has is not for the clients of this listener. */
export function isClairPath(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return CLAIR_PATH.test(target) && !DOT_SEGMENT.test(path);
}

/** Names a request as Quay's client does (`util/secscan/v4/api.py`); undefined for what it never asks. */
export function matchAction(method: string, target: string): ClairAction | undefined {
  const [path = ''] = target.split('?', 1);
  if (method === 'GET' && path === '/indexer/api/v1/index_state')
    return { name: 'IndexState', subject: undefined };
  if (method === 'POST' && path === '/indexer/api/v1/index_report')
    return { name: 'Index', subject: undefined };
  const [, collection = '', subject = ''] = ITEM.exec(path) ?? [];
  const name = ITEM_ACTIONS[`${method} ${collection}`];
  return name === undefined ? undefined : { name, subject: decoded(subject) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
