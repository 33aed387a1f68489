export { compileRules } from './compile-rule.ts';
export type { CompiledRule, TailSegment } from './compile-rule.ts';
export { decodePath } from './decode-path.ts';
export { createRouteMatcher, matchRoute } from './match-route.ts';
export type { MatchRoute, RouteMatch, RouteMethodNotAllowed } from './match-route.ts';
export { QUAY_ROUTES, ROUTE_CONVERTERS } from './quay-routes.ts';
export type { QuayRoute, RouteConverter, RouteFamily } from './quay-routes.ts';
export { OTHER_NAMESPACE, namespaceLabel, requestNamespace } from './request-namespace.ts';
export { isDigest } from './segment-checks.ts';
