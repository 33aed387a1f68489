import { createGateway, createUpstream } from '../src/index.ts';
import type {
  ErrorForm,
  Exchange,
  ExchangeEnd,
  Gateway,
  GatewayLimits,
  GatewayRequest,
  ResponseHead,
  Upstream,
  UpstreamOptions,
} from '../src/index.ts';

export const LIMITS: GatewayLimits = {
  maxTargetLength: 8192,
  maxHeaderCount: 100,
  maxHeaderBytes: 16_384,
  maxConcurrentRequests: 100,
  maxConnections: 1000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  clientIdleTimeoutMs: 20_000,
  keepAliveMs: 20_000,
  continueTimeoutMs: 5000,
  discardTimeoutMs: 5000,
};

const UPSTREAM: Omit<UpstreamOptions, 'url'> = {
  name: 'registry',
  maxConnections: 100,
  connectTimeoutMs: 2000,
  headersTimeoutMs: 20_000,
  bodyTimeoutMs: 20_000,
  uploadTimeoutMs: 20_000,
  keepAliveMs: 1500,
  maxHeaderBytes: 16_384,
};

/** What the hooks of one request were told. */
export type Observed = { request: GatewayRequest; head?: ResponseHead; end?: ExchangeEnd };

export type RunningGateway = {
  port: number;
  url: string;
  gateway: Gateway;
  upstream: Upstream;
  observed: Observed[];
  refused: { status: number; method: string | undefined }[];
  problems: unknown[];
  /** Waits until `count` requests have ended. */
  ended(count: number): Promise<Observed[]>;
  close(): Promise<void>;
};

export type GatewaySetup = {
  limits?: Partial<GatewayLimits>;
  upstream?: Partial<UpstreamOptions>;
  trustForwarded?: boolean;
  upstreamKind?: string;
  fastPath?: boolean;
  errorForm?: ErrorForm;
  exchange?: (upstream: Upstream, request: GatewayRequest) => Exchange | Promise<Exchange>;
};

export async function startGateway(url: string, setup: GatewaySetup = {}): Promise<RunningGateway> {
  const upstream = createUpstream({ ...UPSTREAM, url, ...setup.upstream });
  const observed: Observed[] = [];
  const refused: RunningGateway['refused'] = [];
  const problems: unknown[] = [];
  const waiting: (() => void)[] = [];
  const observe = (exchange: Exchange, request: GatewayRequest): Exchange => {
    const entry: Observed = { request };
    observed.push(entry);
    return {
      ...exchange,
      onResponseHead(head) {
        entry.head = head;
        exchange.onResponseHead?.(head);
      },
      onEnd(end) {
        entry.end = end;
        exchange.onEnd?.(end);
        for (const look of waiting) look();
      },
    };
  };
  const gateway = createGateway({
    limits: { ...LIMITS, ...setup.limits },
    trustForwarded: setup.trustForwarded ?? true,
    upstreamKind: setup.upstreamKind ?? 'registry',
    fastPath: setup.fastPath ?? true,
    ...(setup.errorForm && { errorForm: setup.errorForm }),
    startExchange: (request) => {
      const exchange = setup.exchange?.(upstream, request) ?? { upstream };
      return exchange instanceof Promise
        ? exchange.then((it) => observe(it, request))
        : observe(exchange, request);
    },
    onRefused: ({ status, method }) => refused.push({ status, method }),
    onProblem: (_message, error) => problems.push(error),
  });
  await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    port: Number(new URL(gateway.url()).port),
    url: gateway.url(),
    gateway,
    upstream,
    observed,
    refused,
    problems,
    ended: (count) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (observed.filter(({ end }) => end !== undefined).length >= count) resolve(observed);
        };
        waiting.push(look);
        setTimeout(() => {
          reject(new Error(`${count} requests did not end: ${JSON.stringify(observed)}`));
        }, 10_000).unref();
        look();
      }),
    close: async () => {
      await gateway.close();
      await upstream.close();
    },
  };
}
