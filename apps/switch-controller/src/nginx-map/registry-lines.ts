import { describeRoute, type Family, type Snapshot } from '@quay-observability/owner-switch';
import {
  compileRules,
  QUAY_ROUTES,
  type CompiledRule,
  type LibrarySettings,
} from '@quay-observability/registry-routes';
import { switchOfRoute } from '../views/switch-of-route.ts';
import { canaryHeads } from './canary-heads.ts';
import type { MapLine } from './map-line.ts';
import { rulePattern } from './rule-pattern.ts';

const FAMILIES = { v1: 'REGISTRY_V1', v2: 'REGISTRY_V2' } as const satisfies Record<string, Family>;
const RULES = {
  v1: compileRules(QUAY_ROUTES.filter(({ family }) => family === 'v1')),
  v2: compileRules(QUAY_ROUTES.filter(({ family }) => family === 'v2')),
};

/** The rules of `/v1` or `/v2`, in the order in which Werkzeug tries them: the first line that matches decides. */
export function registryLines(
  version: keyof typeof FAMILIES,
  snapshot: Snapshot,
  library: LibrarySettings,
): MapLine[] {
  const family = FAMILIES[version];
  // Werkzeug only redirects a path with doubled slashes, under no rule.
  const doubled = unmatchedLines(family, snapshot, `/${version}(?:/.*)?//.*`);
  return [...doubled, ...RULES[version].flatMap((rule) => ruleLines(rule, family, snapshot, library))];
}

/** What belongs to a family by its path and matches no rule. */
export function unmatchedLines(family: Family, snapshot: Snapshot, pattern: string): MapLine[] {
  const owner = (method: string) => switchOfRoute(snapshot, describeRoute(family, method, undefined));
  const read = owner('GET');
  const write = owner('POST');
  const line = (methods: string, { owner: decided, gate }: typeof read): MapLine => ({
    methods,
    path: pattern,
    // A request without a repository is in no canary that could be written down here.
    owner: gate === undefined ? decided : 'python',
  });
  return family === 'API_V1'
    ? [line('GET|HEAD|OPTIONS', read), line('[^:]+', write)]
    : [line('[^:]+', write)];
}

function ruleLines(
  rule: CompiledRule,
  family: Family,
  snapshot: Snapshot,
  library: LibrarySettings,
): MapLine[] {
  const narrowed: MapLine[] = [];
  const plain: MapLine[] = [];
  for (const [methods, endpoint] of rule.endpoints) {
    const { owner, gate } = switchOfRoute(snapshot, describeRoute(family, methods, endpoint));
    const heads = gate === undefined || rule.head?.name !== 'repository' ? [] : canaryHeads(gate, library);
    if (heads.length > 0)
      narrowed.push({ methods, path: rulePattern(rule, rule.trailingSlash, heads), owner: 'go' });
    plain.push({
      methods,
      path: rulePattern(rule, rule.trailingSlash),
      owner: gate === undefined ? owner : 'python',
    });
  }
  const lines = [...narrowed, ...plain];
  if (rule.head === undefined || !rule.trailingSlash) return lines;
  // Without the slash Werkzeug redirects, under no rule.
  const methods = [...rule.endpoints.keys()].join('|');
  const [unmatched] = unmatchedLines(family, snapshot, rulePattern(rule, false));
  return unmatched === undefined ? lines : [...lines, { ...unmatched, methods }];
}
