import { createHash } from 'node:crypto';
import { QUAY_ROUTES } from '@quay-observability/registry-routes';
import { CAPABILITIES, REGISTRY_ROUTES, type Capability, type RouteQuestion } from '../src/index.ts';
import type { SelectorsJson, SnapshotJson } from './arbitraries.ts';

/** The names of the switches that can decide a route, the most specific first: section 13 read literally. */
export function switchNamesFor({ family, method, endpoint }: RouteQuestion): string[] {
  const capability = capabilityFor(family, method, endpoint);
  return [
    ...(endpoint === undefined ? [] : routeSwitches(endpoint, method)),
    `ROUTE_OWNER_CAP_${capability}`,
    `ROUTE_OWNER_FAMILY_${CAPABILITIES[capability]}`,
  ];
}

function routeSwitches(endpoint: string, method: string): string[] {
  const upper = [...endpoint.toUpperCase()].map((char) => (/[A-Z0-9]/.test(char) ? char : '_')).join('');
  const headIsGet =
    method === 'HEAD' &&
    !QUAY_ROUTES.some((route) => route.endpoint === endpoint && route.methods.includes('HEAD'));
  const numbers = Object.entries(REGISTRY_ROUTES).find(([name]) => name === endpoint)?.[1].planIds ?? [];
  const written = numbers.flatMap((number) => [number, number.slice('ROUTE_'.length)]);
  return [...written, `${upper}_${headIsGet ? 'GET' : method}`, upper].map((id) => `ROUTE_OWNER_ROUTE_${id}`);
}

function capabilityFor(family: RouteQuestion['family'], method: string, endpoint?: string): Capability {
  const known = Object.entries(REGISTRY_ROUTES).find(([name]) => name === endpoint);
  if (known !== undefined) return known[1].capability;
  if (family === 'REGISTRY_V1') return 'V1_OTHER';
  if (family === 'REGISTRY_V2') return 'V2_OTHER';
  if (family !== 'API_V1') return family;
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) ? 'API_V1_READ' : 'API_V1_WRITE';
}

/** `owner source switch`, as section 13 says it. */
export function expectedDecision(snapshot: SnapshotJson, question: RouteQuestion): string {
  if (snapshot.force_python) return 'python force none';
  const names = switchNamesFor(question);
  const name = names.find((each) => Object.hasOwn(snapshot.owners, each));
  if (name === undefined) return 'python default none';
  const owner = snapshot.owners[name];
  if (owner !== 'python' && owner !== 'go') return `python fail-closed ${name}`;
  const place = names.indexOf(name) - names.length;
  const source = place === -1 ? 'family' : place === -2 ? 'capability' : 'route';
  if (owner === 'python') return `python ${source} ${name}`;
  const { by_switch: bySwitch, ...general } = snapshot.canaries;
  const selectors = Object.hasOwn(bySwitch, name) ? (bySwitch[name] ?? {}) : general;
  if (!selectsAnything(selectors)) return `go ${source} ${name}`;
  const capability = capabilityFor(question.family, question.method, question.endpoint);
  const takenIn = CAPABILITIES[capability] !== 'REGISTRY_V1' && takesIn(selectors, question);
  return `${takenIn ? 'go' : 'python'} canary ${name}`;
}

function selectsAnything({ orgs = [], repos = [], users = [], percent }: SelectorsJson): boolean {
  return orgs.length + repos.length + users.length > 0 || percent !== undefined;
}

function takesIn(selectors: SelectorsJson, { repository, namespace, user }: RouteQuestion): boolean {
  const { orgs = [], repos = [], users = [], percent = -1 } = selectors;
  const who = user?.();
  if (who !== undefined && users.includes(who)) return true;
  if (repository === undefined) return namespace !== undefined && orgs.includes(namespace);
  if (repos.includes(repository)) return true;
  if (orgs.some((org) => repository === org || repository.startsWith(`${org}/`))) return true;
  return createHash('sha256').update(repository).digest().readUInt32BE(0) / 2 ** 32 < percent / 100;
}
