/** What a proxy says it has counted, from its /metrics (contract sections 2 and 3). */
export type Counted = { tagPulls: number; blobBytes: number; manifestTimings: number };

/** Reads the counters of successful pulls out of an exposition. A series not there yet is 0. */
export function parseCounted(exposition: string): Counted {
  return {
    tagPulls: sumOf(exposition, 'quay_registry_image_pulls_total', ['ref="tag"', 'status="200"']),
    blobBytes: sumOf(exposition, 'quay_registry_image_pulled_estimated_bytes_total', []),
    manifestTimings: sumOf(exposition, 'quay_request_duration_seconds_count', [
      'route="v2.fetch_manifest_by_tagname"',
      'status="200"',
    ]),
  };
}

function sumOf(exposition: string, name: string, labels: readonly string[]): number {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** What was asked of a proxy between two readings of its counters. */
export type Asked = {
  /** Manifests that the client received whole. */
  manifests: number;
  /** Further manifests may have been under way when wrk hung up: at most this many. */
  unfinished: number;
  blobBytes: number;
};

/** Nothing asked yet. */
export function nothingAsked(): Asked {
  return { manifests: 0, unfinished: 0, blobBytes: 0 };
}

/** What is wrong with what was counted; undefined if nothing. */
export function miscount(before: Counted, after: Counted, asked: Asked): string | undefined {
  const problems = (['tagPulls', 'manifestTimings'] as const).flatMap((key) => {
    const counted = after[key] - before[key];
    const right = counted >= asked.manifests && counted <= asked.manifests + asked.unfinished;
    return right ? [] : [`${key}: counted ${counted}, asked ${asked.manifests} (+${asked.unfinished})`];
  });
  const bytes = after.blobBytes - before.blobBytes;
  if (bytes !== asked.blobBytes) problems.push(`blobBytes: counted ${bytes}, asked ${asked.blobBytes}`);
  return problems.length === 0 ? undefined : problems.join('; ');
}
