import { CodedError } from '@quay-observability/coded-errors';

/**
 * An access failed (`STORAGE_FAILED`) without an answer of its location: what it was to do may have been done, or may
 * still be done.
 */
export class AccessInDoubt extends CodedError {
  /** Never rejects. Resolves when this process does nothing any more about the access; a server may even then. */
  readonly ended: Promise<void>;

  constructor(message: string, ended: Promise<void>) {
    super('STORAGE_FAILED', message);
    this.ended = ended;
  }
}
