/**
 * The ways through the gateway. `fastPath` lets it read plain requests of clients and plain answers of the upstream
 * by its own readers; without, all of them go the plain way. Nobody must be able to tell them apart.
 */
export const WAYS = [
  { name: 'plain', fastPath: false, upstream: { maxConnections: 100, fastPath: false } },
  { name: 'fast', fastPath: true, upstream: { maxConnections: 100, fastPath: true } },
  { name: 'fast for clients', fastPath: true, upstream: { maxConnections: 100, fastPath: false } },
] as const;
