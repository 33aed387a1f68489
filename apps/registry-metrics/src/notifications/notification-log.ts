import type { Logger } from '@quay-observability/logging';

/** How long further faults are only counted after one was logged. */
const QUIET_MS = 60_000;

/** What is logged of events, in bounded quantity: whoever sends them decides how many have faults. */
export type NotificationLog = {
  invalid(events: number, problem: string): void;
  redisChanged(error: unknown): void;
};

/** Logs the first event that cannot be read, then one a minute with the number of those since. */
export function createNotificationLog(log: Pick<Logger, 'info' | 'warning'>): NotificationLog {
  let quietUntil = 0;
  let untold = 0;
  return {
    invalid: (events, problem) => {
      untold += events;
      if (performance.now() < quietUntil) return;
      log.warning(`A registry sent an event that cannot be read: ${problem}.`, { events: untold });
      untold = 0;
      quietUntil = performance.now() + QUIET_MS;
    },
    redisChanged: (error) => {
      if (error === undefined) log.info('Replicas share again which events they have counted.');
      else log.warning('Redis does not tell which events other replicas have counted.', { error });
    },
  };
}
