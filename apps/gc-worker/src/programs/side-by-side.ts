import type { OwnedWork } from '@quay-observability/service';

/** Works that start and stop together. */
export function sideBySide(works: readonly OwnedWork[]): OwnedWork {
  return {
    start: async () => {
      await Promise.all(works.map((work) => work.start()));
    },
    stop: async () => {
      await Promise.all(works.map((work) => work.stop()));
    },
  };
}
