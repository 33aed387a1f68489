/** Slows down whoever tries tokens, by client address. */
export type FailureLimit = {
  /** Seconds until the address may try again; 0 if it may now. */
  waitSeconds(address: string): number;
  /** A wrong token came from the address. */
  failed(address: string): void;
};

/** Failures at once, and how long one weighs. */
const BURST = 10;
const FORGIVEN_AFTER_MS = 6000;
/** Addresses that are remembered; the one that failed longest ago is forgotten first. */
const MAX_ADDRESSES = 10_000;

/** A bucket per address: ten failures at once, then one every six seconds. `now` is a clock in milliseconds. */
export function createFailureLimit(now: () => number = () => performance.now()): FailureLimit {
  /** When the last failure of the address will be forgiven. */
  const busyUntil = new Map<string, number>();
  return {
    waitSeconds: (address) => {
      const freeAt = (busyUntil.get(address) ?? 0) - (BURST - 1) * FORGIVEN_AFTER_MS;
      return Math.max(0, Math.ceil((freeAt - now()) / 1000));
    },
    failed: (address) => {
      const until = Math.max(busyUntil.get(address) ?? 0, now()) + FORGIVEN_AFTER_MS;
      busyUntil.delete(address);
      busyUntil.set(address, until);
      if (busyUntil.size <= MAX_ADDRESSES) return;
      const oldest = busyUntil.keys().next();
      if (oldest.done !== true) busyUntil.delete(oldest.value);
    },
  };
}
