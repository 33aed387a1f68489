import type { Logger } from '@quay-observability/logging';
import type {
  ParsedSnapshot,
  RouteDecision,
  ServiceOverrides,
  WorkerDecision,
} from '@quay-observability/owner-switch';
import type { FollowedSwitches } from './create-owner-switches.ts';
import { createDeciders } from './decide-owner.ts';
import { createSwitchLog } from './log-switches.ts';
import type { SwitchKeeper } from './switch-keeper.ts';

export type FixedSwitchesOptions = {
  readonly parsed: ParsedSnapshot;
  readonly keeper: SwitchKeeper;
  readonly overrides: ServiceOverrides;
  readonly count: (decision: RouteDecision | WorkerDecision) => void;
  readonly log: Logger;
};

/** The switches of the environment: nothing is polled, and nothing ever changes. */
export function createFixedSwitches(options: FixedSwitchesOptions): FollowedSwitches {
  const { parsed, keeper, overrides, count, log } = options;
  const switchLog = createSwitchLog(log, 'environment', overrides);
  return {
    ...createDeciders({ keeper, overrides, count }),
    state: keeper.state,
    onChange: () => () => undefined,
    start: () => {
      switchLog.inForce(parsed.snapshot, undefined);
      switchLog.warnings(parsed.warnings, parsed.snapshot.version);
      return Promise.resolve();
    },
    trouble: () => undefined,
    close: () => Promise.resolve(),
  };
}
