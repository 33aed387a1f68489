/** A purge that cannot be finished now. What it has deleted stays deleted, and it can be repeated. */
export class PurgeBlocked extends Error {
  /** `why` goes into the log. */
  constructor(why: string) {
    super(`The purge is not finished: ${why}.`);
    this.name = 'PurgeBlocked';
  }
}

/** A purge that somebody's locks keep from being finished: nothing is wrong, and it goes on when they are given back. */
export class PurgeHeldUp extends PurgeBlocked {
  constructor(why: string) {
    super(why);
    this.name = 'PurgeHeldUp';
  }
}
