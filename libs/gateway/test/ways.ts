/**
 * Both ways of the gateway through an upstream's answer. `fastPath` lets it take the answers that its own reader
 * understands; without, all of them go the plain way. A client must not be able to tell them apart.
 */
export const WAYS = [
  { name: 'plain', upstream: { maxConnections: 100, fastPath: false } },
  { name: 'fast', upstream: { maxConnections: 100, fastPath: true } },
] as const;
