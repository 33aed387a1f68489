import data from './data/quay-routes.json' with { type: 'json' };

/** A timed blueprint of Quay's Python runtime. */
export type RouteFamily = 'v1' | 'v2' | 'api';

/** One rule as Flask registers it; `endpoint` is the value of the `route` label (contract section 2). */
export type QuayRoute = {
  readonly family: RouteFamily;
  readonly methods: readonly string[];
  readonly rule: string;
  readonly endpoint: string;
};

/** How Werkzeug turns one kind of `<placeholder>` into a regular expression, and where it ranks it. */
export type RouteConverter = {
  readonly pattern: string;
  readonly weight: number;
  readonly partIsolating: boolean;
};

/** Every timed rule, in the order of registration, which decides between rules of equal weight. */
export const QUAY_ROUTES = data.routes as readonly QuayRoute[];

/** The converters that the rules name; a placeholder without a name uses `default`. */
export const ROUTE_CONVERTERS: Readonly<Record<string, RouteConverter>> = data.converters;
