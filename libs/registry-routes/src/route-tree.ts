import { compareWeights, compileRules, weightOf } from './compile-rule.ts';
import type { CompiledRule, TailSegment } from './compile-rule.ts';
import { QUAY_ROUTES, ROUTE_CONVERTERS } from './quay-routes.ts';
import type { RouteFamily } from './quay-routes.ts';
import { createRuleIndex } from './rule-index.ts';
import type { RuleIndex } from './rule-index.ts';

type Placeholder = Extract<TailSegment, { name: string }>;

/** A rule at the node where the segments that the tree follows one by one end. */
export type PlacedRule = {
  readonly family: RouteFamily;
  /** Method -> endpoint. */
  readonly endpoints: ReadonlyMap<string, string>;
  /** Of the placeholders on the way here, in order. */
  readonly names: readonly string[];
};

/** A rule whose next placeholder takes as many segments as it likes: the rest of the path is read from its end. */
export type RestRule = PlacedRule & {
  readonly head: Placeholder;
  readonly tail: readonly TailSegment[];
  readonly trailingSlash: boolean;
};

/** How paths go on behind a segment. A slash at the end is a segment that is empty. */
export type RouteNode = {
  readonly literals: ReadonlyMap<string, RouteNode>;
  /** Behind any other segment that is not empty. */
  readonly placeholder: RouteNode | undefined;
  readonly rest: RuleIndex<RestRule> | undefined;
  readonly ends: readonly PlacedRule[];
};

/** A rule on its way down the tree. */
type Descending = PlacedRule & {
  readonly left: readonly TailSegment[];
  readonly trailingSlash: boolean;
};

/** Builds the tree that Werkzeug's state machine is, of the rules of these families. */
export function buildRouteTree(families: readonly RouteFamily[]): RouteNode {
  const rules = families.flatMap((family) =>
    compileRules(QUAY_ROUTES.filter((route) => route.family === family)).map((rule) => ({
      family,
      endpoints: rule.endpoints,
      names: [],
      left: segmentsOf(rule),
      trailingSlash: rule.trailingSlash,
    })),
  );
  return buildNode(rules);
}

function segmentsOf({ prefix, head, tail, trailingSlash }: CompiledRule): TailSegment[] {
  const literals = (path: string) => path.split('/').map((literal) => ({ literal }));
  if (head === undefined) return literals(prefix.slice(1));
  return [...literals(prefix.slice(1, -1)), head, ...tail, ...(trailingSlash ? [{ literal: '' }] : [])];
}

function buildNode(rules: readonly Descending[]): RouteNode {
  const ends: PlacedRule[] = [];
  const byLiteral = new Map<string, Descending[]>();
  const single: Descending[] = [];
  const rest: RestRule[] = [];
  for (const rule of rules) {
    const { family, endpoints, names, trailingSlash, left } = rule;
    const [next, ...behind] = left;
    if (next === undefined) {
      ends.push({ family, endpoints, names });
    } else if ('literal' in next) {
      const sameLiteral = byLiteral.get(next.literal) ?? [];
      byLiteral.set(next.literal, [...sameLiteral, { ...rule, left: behind }]);
    } else if (ROUTE_CONVERTERS[next.converter]?.partIsolating === true) {
      single.push({ ...rule, names: [...names, next.name], left: behind });
    } else {
      const tail = trailingSlash ? behind.slice(0, -1) : behind;
      rest.push({ family, endpoints, names, trailingSlash, head: next, tail });
    }
  }
  // Werkzeug would rank them by weight; no rules of Quay need it.
  if (single.length > 0 && rest.length > 0) throw new Error('a node has placeholders of both kinds');
  return {
    literals: new Map([...byLiteral].map(([literal, behind]) => [literal, buildNode(behind)])),
    placeholder: single.length === 0 ? undefined : buildNode(single),
    rest: rest.length === 0 ? undefined : createRuleIndex(rest.sort(byWeight)),
    ends,
  };
}

function byWeight(left: RestRule, right: RestRule): number {
  return compareWeights(weightOf(left.head.converter, left.tail), weightOf(right.head.converter, right.tail));
}
