/**
 * How rows are locked: many at once without waiting, lest two processes wait for each other; or a single one, waiting,
 * because whoever holds it may be about to remove the last reference and not know of ours.
 */
export type LockRule = 'SKIP LOCKED' | '';
