import type { LibrarySettings } from '@quay-observability/registry-routes';
import { allowOnly, HttpProblem, type Router } from '@quay-observability/service';
import type { Board } from '../board.ts';
import type { AskOwner } from '../decision/ask-owner.ts';
import { renderNginxMap } from '../nginx-map/render-nginx-map.ts';
import { describeProcesses } from '../processes/describe-processes.ts';
import type { ProcessRegister } from '../processes/process-register.ts';
import type { Published } from '../published.ts';
import type { RateSource } from '../rates.ts';
import { HISTORY_LIMITS } from '../store/history-entry.ts';
import type { SnapshotFeed } from '../store/snapshot-feed.ts';
import { describeHistory } from '../views/describe-history.ts';
import { describeSwitches } from '../views/describe-switches.ts';

export type ReadRoutesOptions = {
  readonly board: Board;
  readonly feed: SnapshotFeed;
  readonly register: ProcessRegister;
  readonly rates: RateSource;
  readonly askOwner: AskOwner;
  readonly library: LibrarySettings;
};

const DEFAULT_ENTRIES = 50;

/** Everything that is only looked at; open to everybody who reaches the listener. */
export function addReadRoutes(router: Router, options: ReadRoutesOptions): void {
  const { board, feed, register, rates, askOwner, library } = options;
  const current = (): Published => {
    const published = board.published();
    if (published === undefined)
      throw new HttpProblem(503, 'SNAPSHOT_UNAVAILABLE', 'There are no owner switches to show yet.');
    return published;
  };
  // First: asked for every request that nginx routes.
  router.get('/v1/decision', (request, response) => {
    const { capability, owner, source, version } = askOwner(request);
    response.setHeader('X-Quay-Owner', owner);
    response.setHeader('X-Quay-Owner-Source', source);
    response.setHeader('X-Quay-Capability', capability);
    response.setHeader('X-Quay-Snapshot-Version', version);
    response.setHeader('Content-Length', 0);
    response.writeHead(200).end();
  });
  router.get('/v1/processes', (_request, response) => {
    response.json(describeProcesses(current(), register, board.publishedAtMs, Date.now()));
  });
  router.get('/v1/switches', (_request, response) => void response.json(describeSwitches(current())));
  router.get('/v1/history', (request, response) => {
    response.json(describeHistory(feed.history(), entryLimit(request.query.limit)));
  });
  router.get('/v1/rates', async (_request, response) => void response.json(await rates()));
  router.get('/v1/nginx-map', (_request, response) => {
    response.type('text/plain').send(renderNginxMap(current().snapshot, library));
  });
  for (const path of ['decision', 'processes', 'switches', 'history', 'rates', 'nginx-map'])
    router.all(`/v1/${path}`, allowOnly('GET'));
}

function entryLimit(value: unknown): number {
  if (value === undefined) return DEFAULT_ENTRIES;
  const limit = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > HISTORY_LIMITS.entries)
    throw new HttpProblem(400, 'BAD_REQUEST', `limit: expected a number, 1..${HISTORY_LIMITS.entries}`);
  return limit;
}
