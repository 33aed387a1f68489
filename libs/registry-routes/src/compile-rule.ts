import { ROUTE_CONVERTERS } from './quay-routes.ts';
import type { QuayRoute } from './quay-routes.ts';

/** A segment behind the first placeholder of a rule: a literal, or a placeholder for exactly one segment. */
export type TailSegment =
  { readonly literal: string } | { readonly name: string; readonly converter: string };

/**
 * All rules of one path, taken apart: a literal prefix, the first placeholder, what follows it.
 * `/v2/<repopath:repository>/blobs/<digest:digest>` has the prefix `/v2/`, the head `repository` and
 * the tail `blobs`, `digest`.
 */
export type CompiledRule = {
  readonly rule: string;
  readonly prefix: string;
  readonly head: { readonly name: string; readonly converter: string } | undefined;
  readonly tail: readonly TailSegment[];
  readonly trailingSlash: boolean;
  /** Method -> endpoint, of the first rule of this path that answers the method. */
  readonly endpoints: ReadonlyMap<string, string>;
  readonly weight: readonly number[];
};

const PLACEHOLDER = /^<(?:([a-z0-9]+):)?([a-z_]+)>$/;

/** Compiles rules, those of one path into one, ranked as Werkzeug ranks them. Throws on a rule it cannot read. */
export function compileRules(routes: readonly QuayRoute[]): CompiledRule[] {
  const byRule = Map.groupBy(routes, ({ rule }) => rule);
  const compiled = [...byRule].map(([rule, sameRule]) => compileRule(rule, endpointsByMethod(sameRule)));
  // The sort is stable: rules of equal weight keep the order in which they are registered.
  return compiled.sort((left, right) => compareWeights(left.weight, right.weight));
}

function endpointsByMethod(routes: readonly QuayRoute[]): Map<string, string> {
  const endpoints = new Map<string, string>();
  const answer = (method: string, endpoint: string): void => {
    if (!endpoints.has(method)) endpoints.set(method, endpoint);
  };
  for (const { methods, endpoint } of routes) {
    for (const method of methods) answer(method, endpoint);
    if (methods.includes('GET')) answer('HEAD', endpoint);
    answer('OPTIONS', endpoint);
  }
  return endpoints;
}

function compileRule(rule: string, endpoints: ReadonlyMap<string, string>): CompiledRule {
  const parts = rule.slice(1).split('/');
  const trailingSlash = parts.at(-1) === '';
  if (trailingSlash) parts.pop();
  const segments = parts.map((part) => parseSegment(rule, part));
  const first = segments.findIndex((segment) => 'name' in segment);
  const head = segments[first];
  if (head === undefined || !('name' in head)) {
    return { rule, prefix: rule, head: undefined, tail: [], trailingSlash, endpoints, weight: [] };
  }
  const prefix = `/${parts.slice(0, first).join('/')}/`;
  const tail = segments.slice(first + 1);
  return { rule, prefix, head, tail, trailingSlash, endpoints, weight: weightOf(head.converter, tail) };
}

function parseSegment(rule: string, part: string): TailSegment {
  if (!part.includes('<')) return { literal: part };
  const [, converter = 'default', name] = PLACEHOLDER.exec(part) ?? [];
  if (name === undefined || ROUTE_CONVERTERS[converter] === undefined)
    throw new Error(`cannot read the rule ${rule}`);
  return { name, converter };
}

/**
 * Werkzeug prefers more literals, then longer ones, then more placeholders, then lighter ones. Its tuple
 * of lists is flattened here; the count in front of each list keeps the comparison aligned.
 */
export function weightOf(headConverter: string, tail: readonly TailSegment[]): number[] {
  const literals = tail.flatMap((segment) => ('literal' in segment ? [segment.literal] : []));
  const converters = [
    headConverter,
    ...tail.flatMap((segment) => ('name' in segment ? [segment.converter] : [])),
  ];
  return [
    -literals.length,
    ...literals.map((literal) => -literal.length),
    -converters.length,
    ...converters.map((converter) => ROUTE_CONVERTERS[converter]?.weight ?? 0),
  ];
}

/** For sorting: below zero if `left` comes first. */
export function compareWeights(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
