import type { IncomingMessage } from 'node:http';
import {
  familyOfPath,
  PROGRAMS,
  programOf,
  userOfAuthorization,
  type Program,
  type RouteDecision,
  type WorkerDecision,
} from '@quay-observability/owner-switch';
import { decodePath, matchRoute } from '@quay-observability/registry-routes';
import type { OwnerSwitches } from '@quay-observability/service';
import type { LibrarySettings } from '../nginx-map/canary-heads.ts';

/** What `GET /v1/decision` answers in its headers. */
export type Answer = Pick<RouteDecision | WorkerDecision, 'capability' | 'owner' | 'source'> & {
  /** Of the snapshot that decided. */
  readonly version: number;
};

/** Answers for a request that somebody else received. Never throws, no I/O: it is asked for every request. */
export type AskOwner = (request: Pick<IncomingMessage, 'url' | 'headers'>) => Answer;

const MAX_TARGET_LENGTH = 65_536;
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/;
/** A request that cannot be understood is Python's, and no decision that would be worth counting. */
const NOT_UNDERSTOOD = { capability: 'OTHER', owner: 'python', source: 'fail-closed' } as const;

/**
 * Decides for the request that the query (`method`, `uri`, `user`) or nginx's usual headers (`X-Original-Method`,
 * `X-Original-URI`) describe, or for the program that `worker` names.
 */
export function createAskOwner(
  switches: Pick<OwnerSwitches, 'route' | 'worker' | 'state'>,
  library: LibrarySettings,
): AskOwner {
  const decide = ({ url = '', headers }: Parameters<AskOwner>[0]): Omit<Answer, 'version'> => {
    const mark = url.indexOf('?');
    const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
    const worker = query.get('worker');
    if (worker !== null) {
      const program = knownProgram(worker);
      return program === undefined ? NOT_UNDERSTOOD : switches.worker(program);
    }
    const method = (query.get('method') ?? single(headers['x-original-method']) ?? 'GET').toUpperCase();
    const target = query.get('uri') ?? single(headers['x-original-uri']) ?? '';
    if (!METHOD.test(method) || !target.startsWith('/') || target.length > MAX_TARGET_LENGTH)
      return NOT_UNDERSTOOD;
    const match = matchRoute(method, target);
    const route = match === undefined || 'methodNotAllowed' in match ? undefined : match;
    return switches.route({
      family: familyOfPath(route?.path ?? decodePath(target)),
      method,
      endpoint: route?.endpoint,
      repository: repositoryOf(route?.params.repository, library),
      user: () => query.get('user') ?? userOfAuthorization(headers.authorization),
    });
  };
  return (request) => ({ ...decide(request), version: switches.state().snapshot.version });
}

function knownProgram(name: string): Program | undefined {
  const wanted = programOf(name.slice(0, 100));
  return PROGRAMS.find((program) => program === wanted);
}

/** As `namespace/name`. */
function repositoryOf(name: string | undefined, { namespace, enabled }: LibrarySettings): string | undefined {
  return name === undefined || name.includes('/') || !enabled ? name : `${namespace}/${name}`;
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
