import { ROUTE_CONVERTERS, type CompiledRule } from '@quay-observability/registry-routes';
import { escapeRegex, quoteRegex } from './escape-regex.ts';

/** Patterns of the first placeholder of a rule, in the place of the one that its converter has. */
export type HeadPatterns = readonly string[];

/**
 * The path of a rule as a regular expression, ready for nginx's quotes, without anchors. `heads` narrows the first
 * placeholder, which is the repository in the rules that have one. `slash`: the path ends in one.
 */
export function rulePattern(rule: CompiledRule, slash: boolean, heads?: HeadPatterns): string {
  const { prefix, head, tail } = rule;
  if (head === undefined) return escapeRegex(prefix);
  const first = heads === undefined ? converterPattern(head.converter) : `(?:${heads.join('|')})`;
  const rest = tail.map((segment) =>
    'literal' in segment ? escapeRegex(segment.literal) : converterPattern(segment.converter),
  );
  return `${escapeRegex(prefix)}${[first, ...rest].join('/')}${slash ? '/' : ''}`;
}

function converterPattern(name: string): string {
  const converter = ROUTE_CONVERTERS[name];
  if (converter === undefined) throw new Error(`there is no converter ${name}`);
  return `(?:${quoteRegex(converter.pattern)})`;
}
