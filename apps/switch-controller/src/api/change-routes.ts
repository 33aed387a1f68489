import {
  allowOnly,
  HttpProblem,
  jsonBody,
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from '@quay-observability/service';
import type { Authorize } from '../auth/authorize.ts';
import type { Board } from '../board.ts';
import type { ChangeAudit, Origin } from '../changes/audit-changes.ts';
import { makeChange, type ChangeResult } from '../changes/make-change.ts';
import { outcomeOfProblem } from '../changes/outcome-of-problem.ts';
import type { ChangeRequest } from '../changes/plan-change.ts';
import type { ChangeOutcome } from '../metrics.ts';
import { publishedOf } from '../published.ts';
import type { SnapshotFeed } from '../store/snapshot-feed.ts';
import { sendDryRun } from './send-dry-run.ts';

export type ChangeRoutesOptions = {
  readonly board: Board;
  readonly feed: SnapshotFeed;
  readonly authorize: Authorize;
  readonly audit: ChangeAudit;
  readonly count: (outcome: ChangeOutcome) => void;
  /** Why nothing can be changed here, with what else to do; undefined if it can. */
  readonly refusal: string | undefined;
};

/** `PUT` and `PATCH /v1/snapshot`, `POST /v1/rollback`. */
export function addChangeRoutes(router: Router, options: ChangeRoutesOptions): void {
  const json = jsonBody('application/json');
  const patch = jsonBody('application/merge-patch+json', 'application/json');
  router.put('/v1/snapshot', handlers(options, 'put', json));
  router.patch('/v1/snapshot', handlers(options, 'patch', patch));
  router.post('/v1/rollback', handlers(options, 'rollback', json));
  router.all('/v1/rollback', allowOnly('POST'));
}

/** The token is looked at before the body: who may change nothing makes us parse nothing. */
function handlers(
  options: ChangeRoutesOptions,
  kind: ChangeRequest['kind'],
  body: readonly RequestHandler[],
): (RequestHandler | ErrorRequestHandler)[] {
  const { board, feed, authorize, audit, count, refusal } = options;
  const allow: RequestHandler = (request, response, next) => {
    if (refusal !== undefined) {
      const headers = { Allow: kind === 'rollback' ? 'OPTIONS' : 'GET, HEAD, OPTIONS' };
      throw new HttpProblem(405, 'CHANGES_ELSEWHERE', refusal, { headers });
    }
    const { authorization } = request.headers;
    response.locals.who = authorize({ authorization, address: originOf(request, response).clientAddress });
    next();
  };
  const change = async (request: Request, response: Response): Promise<void> => {
    const dryRun = isDryRun(request.query.dry_run);
    const origin = originOf(request, response);
    const { who = '' } = origin;
    const ifMatch = request.get('if-match');
    const result = await makeChange({ kind, body: request.body, ifMatch, who, dryRun }, { board, feed });
    if (result.outcome === 'published' || result.outcome === 'unknown') audit.changed(result, origin);
    // Counted with the other problems.
    if (result.problem !== undefined) throw result.problem;
    count(outcomeOf(kind, result));
    if (result.outcome === 'planned') return sendDryRun(response, result);
    const { tag, text } = result.outcome === 'unchanged' ? result.before : publishedOf(result.entry.snapshot);
    response.set('ETag', `"${tag}"`).type('application/json').send(text);
  };
  const refuse: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
    count(outcomeOfProblem({ status }));
    // Somebody who is told to wait would fill the log.
    if (error instanceof HttpProblem && status !== 429) audit.refused(error, originOf(request, response));
    next(error);
  };
  return [allow, ...body, change, refuse];
}

function outcomeOf(kind: ChangeRequest['kind'], { outcome }: ChangeResult): ChangeOutcome {
  if (outcome === 'planned') return 'dry_run';
  if (outcome === 'unchanged') return 'unchanged';
  return kind === 'rollback' ? 'rolled_back' : 'published';
}

function isDryRun(value: unknown): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  // Nobody must publish by misspelling that they do not want to.
  throw new HttpProblem(400, 'BAD_REQUEST', 'dry_run: expected true or false');
}

function originOf(request: Request, response: Response): Origin {
  const { who } = response.locals as { who?: string };
  return {
    who,
    request: `${request.method} ${request.path}`,
    clientAddress: request.socket.remoteAddress ?? 'unknown',
    forwardedFor: request.get('x-forwarded-for'),
  };
}
