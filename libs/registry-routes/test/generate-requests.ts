import { QUAY_ROUTES } from '../src/index.ts';

/** Random but repeatable requests that dwell on what is hard about the rules. `R` is a repository, `S` a segment, `D` what may be a digest. */

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const HEX = 'ab12'.repeat(16);
const DIGESTS = [`sha256:${HEX}`, 'sha256:AB', 'a+b.c:0f', 'x:ab', 'sha256%3Aab', 'sha256:xyz'] as const;
const SEGMENTS = [
  ...['library', 'quay', 'a', 'my-repo', 'v2', 'v1', 'x.y_z', 'latest', 'v1.0.0', '-bad', '.dot', 'UPPER'],
  ...[
    'blobs',
    'uploads',
    'manifests',
    'tags',
    'list',
    'referrers',
    'images',
    'auth',
    'layer',
    'json',
    'users',
  ],
  ...['repositories', '_catalog', '_ping', 'checksum', 'ancestry', 'search', 'oauth', 'mytags', 'noimages'],
  ...[
    `sha256:${HEX}`,
    'sha256:AB',
    'sha256:xyz',
    'a+b.c:0f',
    ':ab',
    'sha256:',
    'a:b:c',
    'sha256%3Aab',
    'x:ab',
  ],
  ...[
    'caf%C3%A9',
    '%C3%A9t%C3%A9',
    '%E4%B8%AD',
    '%FF',
    '%zz',
    '%2',
    'a%2Fb',
    '%2F',
    'a%20b',
    'a%0A',
    'tag%0A',
    '%CC%81x',
  ],
  ...[
    't'.repeat(128),
    't'.repeat(129),
    '%C3%A9'.repeat(128),
    'a-b_c.d',
    '0',
    '_',
    'a~b',
    'a@b',
    '%D9%A3',
    '%C2%B2',
  ],
] as const;
const REGISTRY_SHAPES = [
  ...[
    '/v2/',
    '/v2',
    '/v2/auth',
    '/v2/_catalog',
    '/v2/R/blobs/S',
    '/v2/R/blobs/uploads/',
    '/v2/R/blobs/uploads/S',
  ],
  ...[
    '/v2/R/manifests/S',
    '/v2/R/referrers/S',
    '/v2/R/tags/list',
    '/v2/R/blobs/uploads',
    '/v2/R/S/S',
    '/v2/R',
  ],
  ...['/v1/users', '/v1/users/S/', '/v1/users/S', '/v1/repositories/R/', '/v1/repositories/R', '/v1/search'],
  ...[
    '/v1/repositories/R/images',
    '/v1/repositories/R/auth',
    '/v1/repositories/R/tags',
    '/v1/repositories/R/tags/S',
  ],
  ...[
    '/v1/images/S/layer',
    '/v1/images/S/json',
    '/v1/images/S/S',
    '/v1/R',
    '/v1/_ping',
    '/v1/_internal_ping',
    '/R',
    '/api/v1/R',
    '/v2R',
  ],
] as const;

/** Paths of `/v1` and `/v2`, right and wrong. */
export function generateRegistryRequests(seed: number, count: number): [string, string][] {
  return generateRequests(REGISTRY_SHAPES, SEGMENTS, seed, count);
}

/**
 * Paths of `/api`: each rule as it is, and with one segment that is any, missing, doubled or too much. Segments are
 * often literals of other rules, which is where rules overlap.
 */
export function generateApiRequests(seed: number, count: number): [string, string][] {
  const rules = QUAY_ROUTES.filter(({ family }) => family === 'api').map(({ rule }) => rule);
  const shapes = rules.flatMap((rule) => {
    const shape = rule
      .replace(/<apirepopath:\w+>/, 'R')
      .replace(/<digest:\w+>/, 'D')
      .replace(/<\w+>/g, 'S');
    const slash = shape.lastIndexOf('/', shape.length - 2);
    const [before, last] = [shape.slice(0, slash), shape.slice(slash + 1)];
    const changed = [`${before}/S`, before, `${shape}/S`, `${before}/S/${last}`, `${before}/R/${last}`];
    return [shape, shape, shape, ...changed];
  });
  const literals = rules.flatMap((rule) => rule.split('/')).filter((part) => /^[a-z]/.test(part));
  return generateRequests(shapes, [...SEGMENTS, ...new Set(literals)], seed, count);
}

/** `[method, raw path]` pairs; the same seed gives the same pairs. */
function generateRequests(
  shapes: readonly string[],
  segments: readonly string[],
  seed: number,
  count: number,
): [string, string][] {
  const random = mulberry32(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const repository = (): string =>
    Array.from({ length: pick([1, 1, 2, 2, 3, 4]) }, () => pick(segments)).join('/');
  return Array.from({ length: count }, () => {
    let path = pick(shapes)
      .replaceAll('R', repository)
      .replaceAll('S', () => pick(segments))
      .replaceAll('D', () => pick(DIGESTS));
    const twist = random();
    if (twist < 0.06) path += '/';
    else if (twist < 0.09) path = path.replace(/\/(?=[^/]*$)/, pick(['//', '///', '////']));
    else if (twist < 0.11) path = pick(['/', '//']) + path;
    else if (twist < 0.14) path += pick(['?n=1', '?from=a/b&mount=sha256:ab', '?', '?a=%2F']);
    else if (twist < 0.16) path = path.replace('/', '//');
    return [pick(METHODS), path];
  });
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
