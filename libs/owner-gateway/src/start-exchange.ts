import type { GatewayRequest, StartExchange } from '@quay-observability/gateway';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { RouteMatch } from '@quay-observability/registry-routes';
import { arrive, type ArrivalObservers } from './arrival.ts';
import { OwnerExchange, type ExchangeObservers } from './owner-exchange.ts';
import type { OwnerUpstream } from './owner-upstream.ts';

/** Who serves a request. A promise is waited for. Never throws or rejects. */
export type OwnerOf = (
  request: GatewayRequest,
  route: RouteMatch | undefined,
) => RouteOwner | Promise<RouteOwner>;

/** One runtime that gets everything, or two and who decides between them. */
export type ServedBy =
  | { readonly only: OwnerUpstream }
  | { readonly python: OwnerUpstream; readonly go: OwnerUpstream; readonly ownerOf: OwnerOf };

export type StartExchangeOptions = {
  arrivals: ArrivalObservers;
  exchanges: ExchangeObservers;
  servedBy: ServedBy;
};

/** Hands each request to the runtime that owns it. */
export function createStartExchange({ arrivals, exchanges, servedBy }: StartExchangeOptions): StartExchange {
  if ('only' in servedBy)
    return (request) => new OwnerExchange(arrive(request, arrivals), servedBy.only, exchanges);
  const { python, go, ownerOf } = servedBy;
  return (request) => {
    const arrival = arrive(request, arrivals);
    const begin = (owner: RouteOwner): OwnerExchange =>
      new OwnerExchange(arrival, owner === 'go' ? go : python, exchanges);
    const owner = ownerOf(request, arrival.route);
    return owner instanceof Promise ? owner.then(begin) : begin(owner);
  };
}
