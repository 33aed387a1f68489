import { decodePath } from './decode-path.ts';
import { matchRest } from './match-rest.ts';
import type { RouteFamily } from './quay-routes.ts';
import { buildRouteTree } from './route-tree.ts';
import type { PlacedRule, RestRule, RouteNode } from './route-tree.ts';

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

/**
 * What Werkzeug 3.0.6 decides for a request (contract section 2): the matched rule, a 405, or undefined where no
 * rule matches or Werkzeug only redirects (a missing trailing slash, doubled slashes). `target` is the raw
 * request target; query and percent-encoding are dealt with here.
 */
export type MatchRoute = (method: string, target: string) => RouteMatch | RouteMethodNotAllowed | undefined;

/** A matcher of the rules of these families. It takes some milliseconds to build: make it once. */
export function createRouteMatcher(families: readonly RouteFamily[]): MatchRoute {
  const root = buildRouteTree(families);
  return (method, target) => {
    const path = decodePath(target);
    if (!path.includes('//')) return matchPath(root, method, path);
    // Werkzeug tries once more with pairs of slashes merged, and redirects if that would match.
    const merged = matchPath(root, method, path.replaceAll('//', '/'));
    return merged !== undefined && 'methodNotAllowed' in merged ? merged : undefined;
  };
}

/** The matcher of the registry's rules, `/v1` and `/v2`. */
export const matchRoute: MatchRoute = createRouteMatcher(['v1', 'v2']);

/** Werkzeug only redirects to the same path with a slash at its end. */
const SLASH_MISSING = Symbol('slash missing');

function matchPath(root: RouteNode, method: string, path: string): ReturnType<MatchRoute> {
  // Doubled slashes that merging left over match nothing.
  if (path.includes('//')) return undefined;
  const descent = new Descent(method, path);
  const found = descent.follow(root, 1);
  if (found === SLASH_MISSING) return undefined;
  return found ?? descent.notAllowed();
}

/** One request on its way down the tree: literals first, then placeholders, back where they lead nowhere. */
class Descent {
  readonly #method: string;
  readonly #path: string;
  readonly #values: string[] = [];
  #wrongMethod: PlacedRule[] | undefined;

  constructor(method: string, path: string) {
    this.#method = method;
    this.#path = path;
  }

  /** `from` is where the next segment begins; behind the end of the path if there is none. */
  follow(node: RouteNode, from: number): RouteMatch | typeof SLASH_MISSING | undefined {
    const path = this.#path;
    if (from > path.length) return this.#end(node);
    const slash = path.indexOf('/', from);
    const end = slash === -1 ? path.length : slash;
    const segment = path.slice(from, end);
    const behindLiteral = node.literals.get(segment);
    if (behindLiteral !== undefined) {
      const found = this.follow(behindLiteral, end + 1);
      if (found !== undefined) return found;
    }
    if (node.placeholder !== undefined && segment !== '') {
      this.#values.push(segment);
      const found = this.follow(node.placeholder, end + 1);
      if (found !== undefined) return found;
      this.#values.pop();
    }
    return node.rest === undefined ? undefined : this.#rest(node.rest, from);
  }

  notAllowed(): RouteMethodNotAllowed | undefined {
    if (this.#wrongMethod === undefined) return undefined;
    const allowed = this.#wrongMethod.flatMap(({ endpoints }) => [...endpoints.keys()]);
    return { methodNotAllowed: true, allowed: [...new Set(allowed)] };
  }

  #end(node: RouteNode): RouteMatch | typeof SLASH_MISSING | undefined {
    for (const rule of node.ends) {
      const endpoint = rule.endpoints.get(this.#method);
      if (endpoint !== undefined) return this.#match(rule, endpoint, {});
      this.#refuse(rule);
    }
    const slashed = node.literals.get('');
    return slashed?.ends.some(({ endpoints }) => endpoints.has(this.#method)) === true
      ? SLASH_MISSING
      : undefined;
  }

  #rest(index: NonNullable<RouteNode['rest']>, from: number): RouteMatch | typeof SLASH_MISSING | undefined {
    const path = this.#path;
    const slashed = path.endsWith('/');
    const end = slashed ? path.length - 1 : path.length;
    const lastSlash = path.lastIndexOf('/', end - 1);
    const last = path.slice(lastSlash + 1, end);
    const previous = path.slice(path.lastIndexOf('/', lastSlash - 1) + 1, lastSlash);
    for (const rule of index.candidates(previous, last)) {
      if (slashed && !rule.trailingSlash) continue;
      const params = matchRest(rule, path, from, end);
      if (params === undefined) continue;
      const endpoint = rule.endpoints.get(this.#method);
      // Without its slash and with the method allowed Werkzeug redirects at once; else it looks on.
      if (rule.trailingSlash && !slashed) {
        if (endpoint !== undefined) return SLASH_MISSING;
      } else if (endpoint === undefined) this.#refuse(rule);
      else return this.#match(rule, endpoint, params);
    }
    return undefined;
  }

  #refuse(rule: PlacedRule | RestRule): void {
    if (this.#wrongMethod === undefined) this.#wrongMethod = [rule];
    else this.#wrongMethod.push(rule);
  }

  #match({ family, names }: PlacedRule, endpoint: string, params: Record<string, string>): RouteMatch {
    for (let index = 0; index < names.length; index += 1)
      params[names[index] ?? ''] = this.#values[index] ?? '';
    return { endpoint, family, params, path: this.#path };
  }
}
