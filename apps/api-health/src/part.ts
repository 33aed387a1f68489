import type { ComposedApp } from '@quay-observability/service';

/** Something that the app serves, on a listener of its own. */
export type Part = {
  /** Rejects with LISTEN_FAILED. */
  listen: () => Promise<void>;
  /** Takes no more requests, and resolves when those under way have ended. */
  close: () => Promise<void>;
};

/** The app that its parts make; those that are off are undefined. */
export function composeParts(parts: readonly (Part | undefined)[]): Pick<ComposedApp, 'start' | 'stop'> {
  const on = parts.filter((part) => part !== undefined);
  return {
    start: async () => {
      for (const part of on) await part.listen();
    },
    stop: async () => {
      await Promise.all(on.map((part) => part.close()));
    },
  };
}
