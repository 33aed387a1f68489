import { hostname } from 'node:os';
import { CodedError } from '@quay-observability/coded-errors';
import type { SwitchSource } from '@quay-observability/service';
import type { Board } from './board.ts';
import type { ProcessRegister } from './processes/process-register.ts';
import type { SnapshotFeed } from './store/snapshot-feed.ts';
import type { WaitingPolls } from './waiting-polls.ts';

export type SelfSourceOptions = {
  readonly board: Board;
  readonly feed: SnapshotFeed;
  readonly register: ProcessRegister;
  readonly waiting: WaitingPolls;
  readonly pid: number;
};

/** The controller follows what it publishes as every app does, without a detour over HTTP, and acknowledges it. */
export function createSelfSource({ board, feed, register, waiting, pid }: SelfSourceOptions): SwitchSource {
  const name = 'switch-controller';
  const host = hostname();
  const id = `${name}@${host}:${pid}`;
  return {
    name: `this switch-controller (${feed.truth})`,
    poll: async ({ inForce, waitMs, signal }) => {
      const { version, phase, ageSeconds } = inForce;
      register.reported({ id, name, host, pid, version, phase, ageSeconds });
      const isInForce = () => phase === 'fresh' && board.published()?.snapshot.version === version;
      await feed.refresh().catch((error: unknown) => {
        // Without the truth, what is in force here is confirmed by nobody; something newer may still be published.
        if (board.published() === undefined || isInForce()) throw error;
      });
      if (isInForce() && waitMs > 0) {
        const release = register.held(id);
        await waiting.wait(waitMs, signal);
        release();
      }
      const published = board.published();
      if (isInForce()) return 'unchanged';
      if (published === undefined)
        throw new CodedError('SNAPSHOT_UNAVAILABLE', `${feed.truth} has no owner switches yet`);
      if (published.snapshot.version === version && feed.trouble() !== undefined)
        throw new CodedError('SNAPSHOT_UNAVAILABLE', feed.trouble() ?? '');
      return { snapshot: published.snapshot, warnings: published.warnings };
    },
  };
}
