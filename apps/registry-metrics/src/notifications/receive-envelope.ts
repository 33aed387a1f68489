import type { NamedPull } from '@quay-observability/registry-counting';
import { HttpProblem } from '@quay-observability/service';
import { repositoryOf, type LibrarySettings } from '@quay-observability/registry-routes';
import { countEvent, type EventCount } from './count-event.ts';
import type { EventClaims } from './event-claims.ts';
import type { EventOutcome, NotificationMetrics } from './notification-metrics.ts';
import { readEvent } from './read-event.ts';

/** How many events of an envelope fared how. */
export type EnvelopeResult = Readonly<Record<EventOutcome, number>>;

/**
 * Counts the events of one envelope, as parsed from its body. Resolves once they are counted, and remembered as
 * far as Redis lets them be. One that cannot be read is told, and does not keep the others from being counted.
 *
 * @throws HttpProblem 400 if it is no envelope, 413 if it has too many events
 */
export type ReceiveEnvelope = (body: unknown) => Promise<EnvelopeResult>;

export type ReceiveOptions = {
  claims: EventClaims;
  metrics: NotificationMetrics;
  library: LibrarySettings;
  maxEvents: number;
  /** Told of each pull of a manifest that is counted. */
  trackPull: ((pull: NamedPull) => void) | undefined;
  onTrackFailed: (error: unknown) => void;
  /** Told of an envelope with faults: how many of its events have one, and the first fault. */
  onInvalid: (events: number, problem: string) => void;
};

type Countable = { readonly action: string; readonly count: EventCount };

export function createReceiveEnvelope(options: ReceiveOptions): ReceiveEnvelope {
  const { claims, metrics, library } = options;
  const track = (pull: NamedPull): void => {
    const repository = repositoryOf({ repository: pull.repository }, library) ?? pull.repository;
    try {
      options.trackPull?.({ ...pull, repository });
    } catch (error) {
      // It is counted: the event must neither stay claimed nor be sent again.
      options.onTrackFailed(error);
    }
  };
  const add = (count: EventCount): void => {
    if (count.kind === 'push') metrics.pushes.inc(count.push);
    else if (count.kind === 'bytes') metrics.pulledBytes.inc({ protocol: 'v2' }, count.sizeBytes);
    else {
      metrics.pulls.inc(count.pull);
      track(count.named);
    }
  };

  return async (body) => {
    const result = { counted: 0, duplicate: 0, ignored: 0, invalid: 0, pending: 0 };
    const tell = (action: string, outcome: EventOutcome): void => {
      result[outcome] += 1;
      metrics.events.inc({ action, outcome });
    };
    const countable = new Map<string, Countable>();
    let firstProblem: string | undefined;
    const nowMs = Date.now();
    for (const [index, value] of eventsOf(body, options.maxEvents).entries()) {
      const read = readEvent(value, nowMs);
      if (read.kind === 'event') {
        const { id, action } = read.event;
        const count = countEvent(read.event);
        if (count === undefined) tell(action, 'ignored');
        else if (countable.has(id)) tell(action, 'duplicate');
        else countable.set(id, { action, count });
        continue;
      }
      tell(read.action, read.kind);
      if (read.kind === 'invalid') firstProblem ??= `events[${index}] ${read.problem}`;
    }
    if (firstProblem !== undefined) options.onInvalid(result.invalid, firstProblem);

    const verdicts = await claims.claim([...countable.keys()]);
    const mine: string[] = [];
    for (const [index, [id, { action, count }]] of [...countable].entries()) {
      const verdict = verdicts[index];
      if (verdict === 'mine') {
        mine.push(id);
        add(count);
        tell(action, 'counted');
      } else tell(action, verdict === 'counted' ? 'duplicate' : 'pending');
    }
    await claims.settle(mine);
    return result;
  };
}

function eventsOf(body: unknown, maxEvents: number): readonly unknown[] {
  const events =
    typeof body === 'object' && body !== null && Object.hasOwn(body, 'events')
      ? (body as { events: unknown }).events
      : undefined;
  if (!Array.isArray(events))
    throw new HttpProblem(400, 'NO_ENVELOPE', 'The body must be an object with a list `events`.');
  if (events.length <= maxEvents) return events;
  const message = `There are ${events.length} events in \`events\`; NOTIFICATIONS_MAX_EVENTS allows ${maxEvents}.`;
  throw new HttpProblem(413, 'TOO_MANY_EVENTS', message);
}
