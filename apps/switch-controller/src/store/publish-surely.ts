import { setTimeout as sleep } from 'node:timers/promises';
import { commandFate } from '@quay-observability/redis';

/** Nobody could find out whether a change was published; the cause says why. */
export class DoubtfulPublication extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'DoubtfulPublication';
  }
}

/** What can be seen of a publication: it is there, something else came before it, or neither. */
export type Sight = 'published' | 'outrun' | 'absent';

export type PublishSurelyOptions = {
  /** Sends it; false if something else is published than it was to replace. */
  readonly publish: () => Promise<boolean>;
  /** Reads the truth. */
  readonly refresh: () => Promise<void>;
  /** What was read. */
  readonly sight: () => Sight;
};

/** How long Redis is asked again what became of a publication: as long as a connection needs to come back. */
const LOOK_FOR_MS = 3000;
const LOOK_AGAIN_MS = 200;

/**
 * Publishes, and if the answer got lost looks whether it is published. Gives whether it is.
 *
 * @throws DoubtfulPublication if that remains unknown; the error of `publish` if it is not published
 */
export async function publishSurely(options: PublishSurelyOptions): Promise<boolean> {
  try {
    return await options.publish();
  } catch (error) {
    const fate = commandFate(error);
    if (fate === 'unsent') throw error;
    const seen = await look(options);
    if (seen === 'published') return true;
    if (seen === 'outrun') return false;
    // What Redis never answered it may still do.
    if (fate === 'answered' && seen === 'absent') throw error;
    throw new DoubtfulPublication(error);
  }
}

async function look({ refresh, sight }: PublishSurelyOptions): Promise<Sight | 'unknown'> {
  const untilMs = performance.now() + LOOK_FOR_MS;
  for (;;) {
    const isRead = await refresh().then(
      () => true,
      () => false,
    );
    const seen = sight();
    // What is published is known even if something else beside it cannot be read.
    if (seen === 'published' || isRead) return seen;
    if (performance.now() > untilMs) return 'unknown';
    await sleep(LOOK_AGAIN_MS);
  }
}
