import {
  allowOnly,
  HttpProblem,
  type Request,
  type Response,
  type Router,
} from '@quay-observability/service';
import type { Board } from '../board.ts';
import { parseProcessReport, reportedVersion } from '../processes/process-report.ts';
import type { ProcessRegister } from '../processes/process-register.ts';
import type { Published } from '../published.ts';
import type { SnapshotFeed } from '../store/snapshot-feed.ts';
import type { WaitingPolls } from '../waiting-polls.ts';

export type SnapshotRoutesOptions = {
  readonly board: Board;
  readonly feed: SnapshotFeed;
  readonly register: ProcessRegister;
  readonly waiting: WaitingPolls;
};

const MAX_WAIT_SECONDS = 60;
/** Nine digits, as in the header in which a process tells its own. */
const MAX_AGE_SECONDS = 999_999_999;
const WAIT = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i;

/** `GET /v1/snapshot`: what is published, at once or when it changes. Polls are acknowledgements, too. */
function readSnapshot(options: SnapshotRoutesOptions) {
  const { board, feed, register, waiting } = options;
  return async (request: Request, response: Response): Promise<void> => {
    const report = parseProcessReport(request.headers);
    if (report !== undefined) register.reported(report);
    let published = await upToDate(options, reportedVersion(request.headers));
    const waitSeconds = wantedWaitSeconds(request.get('prefer'));
    if (waitSeconds > 0 && isKnown(request, published)) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const release = report === undefined ? undefined : register.held(report.id);
      const waited = await waiting.wait(waitSeconds * 1000, gone.signal);
      release?.();
      if (gone.signal.aborted) return;
      if (waited) response.set('Preference-Applied', `wait=${waitSeconds}`);
      published = board.published() ?? published;
    }
    response.set({
      ETag: `"${published.tag}"`,
      'Cache-Control': 'no-cache',
      'X-Quay-Confirmed-Age': confirmedAge(feed, published),
    });
    if (isKnown(request, published)) response.status(304).end();
    else response.type('application/json').send(published.text);
  };
}

/** `GET /v1/snapshot`; comes after the routes that change it. */
export function addSnapshotRoutes(router: Router, options: SnapshotRoutesOptions): void {
  router.get('/v1/snapshot', readSnapshot(options));
  router.all('/v1/snapshot', allowOnly('GET', 'PUT', 'PATCH'));
}

/**
 * Nobody is shown an older version than they have seen: another replica may have published meanwhile. Throws an
 * `HttpProblem` (503) if nothing is known, or nothing as new.
 */
async function upToDate({ board, feed }: SnapshotRoutesOptions, known: number): Promise<Published> {
  const version = board.published()?.snapshot.version;
  if (version === undefined || known > version) await feed.refresh().catch(() => undefined);
  const published = board.published();
  const why = feed.trouble();
  const cause = why === undefined ? '' : ` ${feed.truth} cannot be read: ${why}`;
  if (published === undefined) {
    const message = `There are no owner switches to serve yet.${cause}`;
    throw new HttpProblem(503, 'SNAPSHOT_UNAVAILABLE', message, { headers: { 'Retry-After': '1' } });
  }
  const { version: current } = published.snapshot;
  if (known > current) {
    const message = `You have version ${known}, and the newest that is known here is ${current}.${cause}`;
    throw new HttpProblem(503, 'SNAPSHOT_REFUSED', message, {
      details: { current_version: current },
      headers: { 'Retry-After': '1' },
    });
  }
  return published;
}

/**
 * Seconds since what is served was last known to be the truth: a replica that is cut off must not pass it off as
 * fresh. Of what comes from disk nobody knows more than that it was true when it was published.
 */
function confirmedAge(feed: SnapshotFeed, { publishedAtMs }: Published): string {
  const seconds = feed.confirmedAgeSeconds() ?? (Date.now() - publishedAtMs) / 1000;
  return Math.min(Math.max(seconds, 0), MAX_AGE_SECONDS).toFixed(3);
}

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 without it. */
function wantedWaitSeconds(prefer: string | undefined): number {
  return Math.min(Number(WAIT.exec(prefer ?? '')?.[1] ?? 0), MAX_WAIT_SECONDS);
}

/** Whether the request's `If-None-Match` names what is published. A proxy that compresses makes a tag weak. */
function isKnown(request: Request, { tag }: Published): boolean {
  const known = request.get('if-none-match');
  if (known === undefined) return false;
  return known
    .split(',')
    .some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === `"${tag}"`);
}
