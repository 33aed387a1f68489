import { clairError, clairJson, type ClairAnswer } from './clair-answer.ts';

/** A request to Clair, its body read. */
export type ClairRequest = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
};

/** What Clair remembers and answers; nothing of HTTP's transport. */
export type ClairStore = { answer(request: ClairRequest): ClairAnswer };

export type ClairStoreOptions = {
  /** The state of an index report once its manifest was submitted; `IndexFinished` unless told. */
  stateOf?: (manifest: string) => string;
  /** Whether the matcher has its vulnerabilities; true. */
  initialized?: boolean;
  /** Notifications by id: the ids of the manifests that they are about. */
  notifications?: ReadonlyMap<string, readonly string[]>;
};

const DIGEST = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Of the indexer's configuration; the validator of everything it answers. */
const INDEXER_STATE = 'a4b8a9e61a5b1a9b4d2d4c6f0d9e1c33';
const ETAG = `"${INDEXER_STATE}"`;

/** Answers as Clair's OpenAPI and, where that differs from it, Clair 4.9 itself. */
export function createClairStore(options: ClairStoreOptions = {}): ClairStore {
  const { stateOf = () => 'IndexFinished', initialized = true, notifications } = options;
  const reports = new Map<string, object>();
  const left = new Map(notifications ?? []);

  const report = (manifest: string): object => {
    const state = stateOf(manifest);
    return {
      manifest_hash: manifest,
      state,
      packages: { 1: { id: '1', name: 'bash', version: '5.2' } },
      distributions: {},
      repository: {},
      environments: {
        1: [{ package_db: 'var/lib/dpkg/status', introduced_in: manifest, distribution_id: '' }],
      },
      success: state === 'IndexFinished',
      err: state === 'IndexError' ? 'failed to fetch layers' : '',
    };
  };

  const index = (request: ClairRequest): ClairAnswer => {
    const manifest = readManifest(request.body);
    if (typeof manifest !== 'string') return manifest;
    if (request.header('if-none-match') === ETAG) return { status: 412 };
    const made = report(manifest);
    reports.set(manifest, made);
    const location = `/indexer/api/v1/index_report/${manifest}`;
    return { status: 201, headers: { Etag: ETAG, Location: location, Link: linksOf(manifest) }, body: made };
  };

  const indexReport = ({ method, header }: ClairRequest, digest: string): ClairAnswer => {
    if (method !== 'GET' && method !== 'DELETE') return clairError(405, `method disallowed: ${method}`);
    if (!DIGEST.test(digest)) return clairError(400, 'malformed path: invalid digest');
    if (method === 'DELETE') {
      reports.delete(digest);
      return { status: 204 };
    }
    if (header('if-none-match') === ETAG) return { status: 304 };
    const known = reports.get(digest);
    if (known === undefined) return clairError(404, 'index report not found');
    return clairJson(200, 'index_report', known, { Etag: ETAG });
  };

  const vulnerabilityReport = ({ method }: ClairRequest, digest: string): ClairAnswer => {
    if (method !== 'GET') return clairError(405, 'endpoint only allows GET');
    if (!DIGEST.test(digest)) return clairError(400, 'malformed path: invalid digest');
    if (!initialized) return { status: 202 };
    if (!reports.has(digest)) return clairError(404, `index report for manifest "${digest}" not found`);
    const { packages, distributions, environments } = report(digest) as Record<string, object>;
    const body = { manifest_hash: digest, packages, distributions, environments };
    return clairJson(200, 'index_report', { ...body, vulnerabilities: {}, package_vulnerabilities: {} });
  };

  const notification = ({ method }: ClairRequest, id: string, query: URLSearchParams): ClairAnswer => {
    if (method !== 'GET' && method !== 'DELETE') return clairError(405, 'endpoint only allows GET or DELETE');
    if (!UUID.test(id)) return clairError(400, 'could not parse notification id');
    if (method === 'DELETE')
      return left.delete(id) ? { status: 200 } : clairError(500, 'could not delete notification');
    return pageOf(left.get(id) ?? [], query);
  };

  return {
    answer(request) {
      const { pathname, searchParams } = new URL(request.target, 'http://clair');
      const [, service, , , collection, item] = pathname.split('/');
      switch (`${service ?? ''} ${collection ?? ''}`) {
        case 'indexer index_state':
          if (request.header('if-none-match') === ETAG) return { status: 304 };
          return clairJson(200, 'index_state', { state: INDEXER_STATE }, { Etag: ETAG });
        case 'indexer index_report':
          if (item !== undefined) return indexReport(request, decodeURIComponent(item));
          return request.method === 'POST'
            ? index(request)
            : clairError(405, `method disallowed: ${request.method}`);
        case 'matcher vulnerability_report':
          return vulnerabilityReport(request, decodeURIComponent(item ?? ''));
        case 'notifier notification':
          return notification(request, item ?? '', searchParams);
        default:
          return { status: 404 };
      }
    },
  };
}

function readManifest(body: string): string | ClairAnswer {
  try {
    const { hash, layers } = JSON.parse(body) as { hash?: unknown; layers?: unknown };
    if (typeof hash !== 'string' || !DIGEST.test(hash) || !Array.isArray(layers) || layers.length === 0)
      return clairError(400, 'bogus manifest');
    return hash;
  } catch {
    return clairError(400, 'failed to deserialize manifest');
  }
}

function linksOf(manifest: string): string {
  const link = (path: string, relation: string): string =>
    `<${path}/${manifest}>; rel="https://projectquay.io/clair/v1/${relation}"`;
  return [
    link('/indexer/api/v1/index_report', 'index_report'),
    link('/matcher/api/v1/vulnerability_report', 'vulnerability_report'),
  ].join(', ');
}

/** The page that begins at `next`; its own `next` is there while more follow. */
function pageOf(manifests: readonly string[], query: URLSearchParams): ClairAnswer {
  const size = Number(query.get('page_size') ?? 500);
  const next = query.get('next');
  if (next !== null && !UUID.test(next))
    return clairError(400, 'could not parse "next" query param into integer');
  const ids = manifests.map(
    (_manifest, position) => `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
  );
  const start = next === null ? 0 : Math.max(0, ids.indexOf(next));
  const following = ids[start + size];
  const page = following === undefined ? { size } : { size, next: following };
  const notifications = manifests.slice(start, start + size).map((manifest, position) => ({
    id: ids[start + position],
    manifest,
    reason: 'added',
    vulnerability: {},
  }));
  return clairJson(200, 'notification_page', { page, notifications });
}
