import type { Database } from '@quay-observability/database';
import type { SECSCAN_LAYER_OUTCOMES, SECSCAN_RESULT_OUTCOMES } from '@quay-observability/metric-catalogue';
import { chooseManifests } from './choose-manifests.ts';
import { findLayerSizes } from './find-layer-sizes.ts';
import { findManifests, type ManifestRow } from './find-manifests.ts';
import { LookupsEnded, type LookupQueue } from './lookup-queue.ts';
import type { IndexRequest } from './read-index-request.ts';
import type { ResultClaims } from './result-claims.ts';

export type LayerOutcome = (typeof SECSCAN_LAYER_OUTCOMES)[number];
export type ResultOutcome = (typeof SECSCAN_RESULT_OUTCOMES)[number];

/** What Quay's database says of a submitted manifest, or why nothing is known. */
export type Lookup = readonly ManifestRow[] | LostLookup;
type LostLookup = 'unreadable' | 'queue_full' | 'database_failed' | 'shutdown';

/** An index report whose state is `IndexFinished`, as a whole with the client. */
export type FinishedReport = {
  /** Begun when the manifest was submitted: before Quay can have written down the outcome. */
  readonly lookup: Promise<Lookup>;
  /** When the request arrived, and when its answer was complete; unix milliseconds. */
  readonly arrivedAtMs: number;
  readonly finishedAtMs: number;
  /**
   * Whether the manifest was submitted by this request. One digest may be in several repositories, and Quay submits it
   * for each; whoever only looks at a report gets the first result of one manifest at most.
   */
  readonly submitted: boolean;
};

/** Measures what is indexed. Nothing here delays a request or throws. */
export type IndexRecorder = {
  /** A whole `Index` request has passed: looks up its layers, which are observed, and its manifest. */
  submitted(request: IndexRequest): Promise<Lookup>;
  /** Looks up a manifest alone. */
  lookUp(manifestDigest: string): Promise<Lookup>;
  /** Layers of a request that could not be read. */
  unreadable(layers: number): void;
  /** Observes the time since the push if this is the first result. */
  finished(report: FinishedReport): void;
  /** Resolves when nothing is left to look up or to claim; gives up after `limitMs`. */
  drained(limitMs: number): Promise<void>;
};

export type IndexRecorderOptions = {
  /** Without it nothing can be looked up. */
  database: Pick<Database, 'read'> | undefined;
  claims: ResultClaims;
  /** How long a claim stands. */
  rememberMs: number;
  lookups: LookupQueue;
  /** Of claims in Redis: one that hangs must not keep the look-ups waiting. */
  claiming: LookupQueue;
  observer: {
    layerSize: (bytes: number) => void;
    layers: (outcome: LayerOutcome, layers: number) => void;
    resultDuration: (seconds: number) => void;
    result: (outcome: ResultOutcome) => void;
    lookedUp: (seconds: number) => void;
    failed: (what: 'database' | 'redis', error: unknown) => void;
  };
};

export function createIndexRecorder(options: IndexRecorderOptions): IndexRecorder {
  const { database, claims, lookups, claiming, observer } = options;
  /** Asks the database in its turn; the promise that it returns never rejects. */
  const ask = async <T>(
    size: number,
    question: (from: Pick<Database, 'read'>) => Promise<T>,
  ): Promise<T | LostLookup> => {
    if (database === undefined) return 'database_failed';
    const answer = lookups.add(size, async () => {
      const startMs = performance.now();
      try {
        return await question(database);
      } finally {
        observer.lookedUp((performance.now() - startMs) / 1000);
      }
    });
    if (answer === undefined) return 'queue_full';
    return answer.catch((error: unknown) => {
      if (error instanceof LookupsEnded) return 'shutdown' as const;
      observer.failed('database', error);
      return 'database_failed' as const;
    });
  };

  const observeLayers = (
    digests: readonly string[],
    sizes: ReadonlyMap<string, number> | LostLookup,
  ): void => {
    if (typeof sizes === 'string') {
      observer.layers(sizes, digests.length);
      return;
    }
    for (const digest of digests) {
      const size = sizes.get(digest);
      // Python observes 0 for a layer whose size it does not know.
      observer.layerSize(size ?? 0);
      observer.layers(size === undefined ? 'unknown' : 'found', 1);
    }
  };

  const firstResult = async (report: FinishedReport): Promise<ResultOutcome> => {
    const rows = await report.lookup;
    if (typeof rows === 'string') return rows;
    const candidates = chooseManifests(rows, {
      arrivedAtMs: report.arrivedAtMs,
      rememberMs: options.rememberMs,
    });
    if (typeof candidates === 'string') return candidates;
    const claimable = report.submitted ? candidates : candidates.slice(0, 1);
    const claimed = claiming.add(1, () => claims.claim(claimable.map(({ id }) => id)));
    if (claimed === undefined) return 'queue_full';
    try {
      const id = await claimed;
      const manifest = claimable.find((candidate) => candidate.id === id);
      if (manifest === undefined) return 'already_counted';
      // The clock of the host that took the push may be ahead.
      observer.resultDuration(Math.max(0, report.finishedAtMs - manifest.pushedAtMs) / 1000);
      return 'observed';
    } catch (error) {
      if (error instanceof LookupsEnded) return 'shutdown';
      observer.failed('redis', error);
      return 'redis_failed';
    }
  };

  let resultsLeft = 0;
  const lookUp = (digest: string): Promise<Lookup> => ask(1, (from) => findManifests(from, digest));
  return {
    submitted({ manifestDigest, layerDigests, unreadableLayers }) {
      if (unreadableLayers > 0) observer.layers('unreadable', unreadableLayers);
      // The manifest first: Quay writes down the outcome of the scan as soon as it has the answer.
      const lookup: Promise<Lookup> =
        manifestDigest === undefined ? Promise.resolve('unreadable') : lookUp(manifestDigest);
      if (layerDigests.length > 0)
        void ask(layerDigests.length, (from) => findLayerSizes(from, layerDigests)).then((sizes) => {
          observeLayers(layerDigests, sizes);
        });
      return lookup;
    },
    lookUp,
    unreadable(layers) {
      if (layers > 0) observer.layers('unreadable', layers);
    },
    finished(report) {
      resultsLeft += 1;
      void firstResult(report).then((outcome) => {
        resultsLeft -= 1;
        observer.result(outcome);
      });
    },
    async drained(limitMs) {
      const endMs = performance.now() + limitMs;
      // A look-up that ends lets its result's claim begin.
      do {
        for (const queue of [lookups, claiming]) await queue.drained(Math.max(0, endMs - performance.now()));
        await new Promise((resolve) => setTimeout(resolve, 5));
      } while (resultsLeft > 0);
    },
  };
}
