import { decodePath } from './decode-path.ts';
import { compileRules } from './compile-rule.ts';
import type { CompiledRule, TailSegment } from './compile-rule.ts';
import { createRuleIndex } from './rule-index.ts';
import { QUAY_ROUTES } from './quay-routes.ts';
import type { RouteFamily } from './quay-routes.ts';
import { isDigest, isTag } from './segment-checks.ts';

/** The rule that a request runs under, and the decoded values of its placeholders. */
export type RouteMatch = {
  readonly endpoint: string;
  readonly family: RouteFamily;
  readonly params: Readonly<Record<string, string>>;
  /** The request's path, decoded. */
  readonly path: string;
};

/** The path has rules, but none for this method: Flask answers 405 outside any blueprint. */
export type RouteMethodNotAllowed = { readonly methodNotAllowed: true; readonly allowed: readonly string[] };

const TIMED_FAMILIES = ['v1', 'v2'] as const;
const INDEXES = TIMED_FAMILIES.map((family) => ({
  family,
  start: `/${family}/`,
  index: createRuleIndex(compileRules(QUAY_ROUTES.filter((route) => route.family === family))),
}));

/**
 * What Werkzeug 3.0.6 decides for a request of `/v1` or `/v2` (contract section 2): the matched rule, a
 * 405, or undefined where no rule matches or Werkzeug only redirects (a missing trailing slash, doubled
 * slashes). `target` is the raw request target; query and percent-encoding are dealt with here.
 */
export function matchRoute(method: string, target: string): RouteMatch | RouteMethodNotAllowed | undefined {
  const path = decodePath(target);
  for (const { family, start, index } of INDEXES) {
    if (!path.startsWith(start)) continue;
    if (!path.includes('//')) return matchPath(family, index, method, path);
    // Werkzeug tries once more with pairs of slashes merged, and redirects if that would match.
    const merged = matchPath(family, index, method, path.replaceAll('//', '/'));
    return merged !== undefined && 'methodNotAllowed' in merged ? merged : undefined;
  }
  return undefined;
}

function matchPath(
  family: RouteFamily,
  index: ReturnType<typeof createRuleIndex>,
  method: string,
  path: string,
): RouteMatch | RouteMethodNotAllowed | undefined {
  const exact = index.exact(path);
  if (exact !== undefined) {
    const endpoint = exact.endpoints.get(method);
    return endpoint === undefined ? notAllowed([exact]) : { endpoint, family, params: {}, path };
  }
  if (path.includes('//')) return undefined;
  const slashed = path.endsWith('/');
  const end = slashed ? path.length - 1 : path.length;
  const lastSlash = path.lastIndexOf('/', end - 1);
  const last = path.slice(lastSlash + 1, end);
  const previous = path.slice(path.lastIndexOf('/', lastSlash - 1) + 1, lastSlash);
  const wrongMethod: CompiledRule[] = [];
  for (const rule of index.candidates(previous, last)) {
    if (slashed && !rule.trailingSlash) continue;
    const params = matchRule(rule, path, end);
    if (params === undefined) continue;
    const endpoint = rule.endpoints.get(method);
    if (rule.trailingSlash && !slashed) {
      // With the method allowed Werkzeug redirects at once; else it looks on, and the rule does not count.
      if (endpoint !== undefined) return undefined;
    } else if (endpoint === undefined) {
      wrongMethod.push(rule);
    } else {
      return { endpoint, family, params, path };
    }
  }
  return wrongMethod.length === 0 ? undefined : notAllowed(wrongMethod);
}

function notAllowed(rules: readonly CompiledRule[]): RouteMethodNotAllowed {
  return {
    methodNotAllowed: true,
    allowed: [...new Set(rules.flatMap(({ endpoints }) => [...endpoints.keys()]))],
  };
}

/** Reads the tail from the right end, where its segments are known; what remains is the first placeholder. */
function matchRule(
  { prefix, head, tail }: CompiledRule,
  path: string,
  end: number,
): Record<string, string> | undefined {
  if (head === undefined || !path.startsWith(prefix)) return undefined;
  const params: Record<string, string> = {};
  let until = end;
  for (let position = tail.length - 1; position >= 0; position -= 1) {
    const slash = path.lastIndexOf('/', until - 1);
    if (slash < prefix.length) return undefined;
    const segment = tail[position];
    if (segment === undefined || !matchSegment(segment, path.slice(slash + 1, until), params))
      return undefined;
    until = slash;
  }
  const value = path.slice(prefix.length, until);
  if (!matchHead(head.converter, value)) return undefined;
  params[head.name] = value;
  return params;
}

function matchSegment(segment: TailSegment, value: string, params: Record<string, string>): boolean {
  if ('literal' in segment) return segment.literal === value;
  params[segment.name] = value;
  if (segment.converter === 'digest') return isDigest(value);
  if (segment.converter === 'tag') return isTag(value);
  return value !== '';
}

function matchHead(converter: string, value: string): boolean {
  if (value === '') return false;
  if (converter === 'repopath') return true;
  // Otherwise `/tags/<tag>` without its tag would create a repository.
  if (converter === 'v1createrepopath') return !/(?:auth|tags|images)$/.test(value);
  return !value.includes('/');
}
