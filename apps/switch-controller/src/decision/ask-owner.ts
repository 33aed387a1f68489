import type { IncomingMessage } from 'node:http';
import {
  PROGRAMS,
  programOf,
  questionOfRequest,
  userOfAuthorization,
  type Program,
  type RouteDecision,
  type WorkerDecision,
} from '@quay-observability/owner-switch';
import { createRouteMatcher, type LibrarySettings } from '@quay-observability/registry-routes';
import type { OwnerSwitches } from '@quay-observability/service';

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
  const matchRoute = createRouteMatcher(['v1', 'v2', 'api']);
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
    const user = (): string | undefined => query.get('user') ?? userOfAuthorization(headers.authorization);
    return switches.route(questionOfRequest({ method, target, match, user }, library));
  };
  return (request) => ({ ...decide(request), version: switches.state().snapshot.version });
}

function knownProgram(name: string): Program | undefined {
  const wanted = programOf(name.slice(0, 100));
  return PROGRAMS.find((program) => program === wanted);
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
