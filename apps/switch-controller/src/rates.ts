import { ROUTE_OWNERS, WORKER_OWNERS } from '@quay-observability/owner-switch';

/** The answer of `GET /v1/rates`: decisions per second by owner, over the last minute. */
export type Rates =
  | { readonly available: true; readonly owners: Readonly<Record<string, number>> }
  | { readonly available: false; readonly why: string };

/** Decisions per second of all apps; never rejects. */
export type RateSource = () => Promise<Rates>;

const QUERY = 'sum by (owner) (rate(quay_switch_owner_decision_total[1m]))';
const TIMEOUT_MS = 2000;
const SHARED_MS = 5000;
const MAX_ANSWER_BYTES = 65_536;

/** Asks Prometheus at most every five seconds, whoever looks. */
export function createRateSource(
  prometheusUrl: string | undefined,
  now = () => performance.now(),
): RateSource {
  if (prometheusUrl === undefined)
    return () => Promise.resolve({ available: false, why: 'PROMETHEUS_URL is not set' });
  const url = new URL(`${prometheusUrl.replace(/\/$/, '')}/api/v1/query`);
  url.searchParams.set('query', QUERY);
  let shared: { at: number; rates: Promise<Rates> } | undefined;
  return () => {
    if (shared === undefined || now() - shared.at > SHARED_MS) shared = { at: now(), rates: ask(url) };
    return shared.rates;
  };
}

async function ask(url: URL): Promise<Rates> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    const text = await readBounded(response);
    if (!response.ok) return unavailable(`it answers ${response.status}`);
    return { available: true, owners: parseOwners(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return unavailable(`no answer within ${TIMEOUT_MS} ms`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return unavailable(cause instanceof Error ? cause.message : String(cause));
  }
}

async function readBounded(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
  }
  return text;
}

function parseOwners(answer: unknown): Record<string, number> {
  const owners = new Map<string, number>(
    [...new Set([...ROUTE_OWNERS, ...WORKER_OWNERS])].map((each) => [each, 0]),
  );
  const { data } = answer as { data: { result: { metric: { owner?: string }; value: [number, string] }[] } };
  for (const { metric, value } of data.result) {
    const perSecond = Number(value[1]);
    // A label nobody knows is none of ours.
    if (metric.owner !== undefined && owners.has(metric.owner) && Number.isFinite(perSecond))
      owners.set(metric.owner, perSecond);
  }
  return Object.fromEntries(owners);
}

function unavailable(why: string): Rates {
  return { available: false, why: `Prometheus cannot be asked: ${why}` };
}
