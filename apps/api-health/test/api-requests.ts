import { QUAY_ROUTES, type QuayRoute } from '@quay-observability/registry-routes';

/** A request of the API, and what it is to be timed as. */
export type ApiRequest = {
  readonly method: string;
  readonly target: string;
  /** `method route status namespace_name`. */
  readonly key: string;
};

/** As `TRACKED_NAMESPACES`; no other namespace of these requests is tracked. */
export const TRACKED = { 'the-api': ['api'], customers: ['acme'] };

const DIGEST = `sha256:${'ab12'.repeat(16)}`;
const STATUSES = [200, 201, 204, 400, 401, 403, 404, 409, 500, 503, 520];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

/** The 189 rules of `/api`. */
export const API_ROUTES = QUAY_ROUTES.filter(({ family }) => family === 'api');

/** Every rule with every method that answers it, `HEAD` and `OPTIONS` included; statuses take turns. */
export function answeredRequests(): ApiRequest[] {
  let turn = 0;
  return API_ROUTES.flatMap((route) =>
    methodsOf(route).map((method) => {
      turn += 1;
      // Python answers OPTIONS by itself.
      const status = method === 'OPTIONS' ? 200 : STATUSES[turn % STATUSES.length]!;
      const namespace = turn % 2 === 0 ? 'acme' : 'nobody';
      const bucket = route.rule.includes('<namespace>')
        ? namespace === 'acme'
          ? 'customers'
          : 'other'
        : 'the-api';
      return {
        method,
        target: `${pathOf(route, namespace)}?status=${status}`,
        key: [method, firstFor(route.rule, method).endpoint, status, bucket].join(' '),
      };
    }),
  );
}

/** Every rule with the methods that it does not answer; a rule for something more general may. */
export function otherMethods(): { method: string; target: string }[] {
  return API_ROUTES.flatMap((route) => {
    const ofRule = API_ROUTES.filter(({ rule }) => rule === route.rule).flatMap(methodsOf);
    return METHODS.filter((method) => !ofRule.includes(method)).map((method) => ({
      method,
      target: pathOf(route, 'acme'),
    }));
  });
}

/** What no rule of the API matches. */
export const UNMATCHED = [
  '/api',
  '/api/',
  '/api/v1',
  '/api/v1/',
  '/api/v1/nothing',
  '/api/v2/user/',
  '/api/v1/plans',
  '/api/v1//plans/',
  '/api/v1/repository',
  '/api/v1/repository/acme',
  '/api/v1/repository/acme/app/manifest/latest',
  '/API/v1/plans/',
  '/_internal_ping',
  '/v2/',
  '/oauth/authorize',
  '/.well-known/app-capabilities',
  '/keys/services/quay/keys',
  '/webhooks/stripe',
  '/',
];

function methodsOf({ methods }: QuayRoute): string[] {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}

/** Several rules may have one path: the first that answers the method does. */
function firstFor(rule: string, method: string): QuayRoute {
  return API_ROUTES.find((route) => route.rule === rule && methodsOf(route).includes(method))!;
}

function pathOf({ rule }: QuayRoute, namespace: string): string {
  return rule
    .replace('<namespace>', namespace)
    .replace('<apirepopath:repository>', `${namespace}/deep/app`)
    .replace(/<digest:\w+>/, DIGEST)
    .replaceAll(/<(\w+)>/g, 'a-$1');
}
