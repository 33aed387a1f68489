import { S3ServiceException } from '@aws-sdk/client-s3';
import { TooLargeError } from '../read-limit.ts';

/**
 * What went wrong, for messages: the error's code and status. Its text is left out, for a server may put
 * keys or a signed request in it.
 */
export function describeS3Failure(error: unknown): string {
  if (error instanceof TooLargeError) return error.message;
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 'without a status';
    // The answer to a HEAD has no code, for which the SDK says Unknown.
    return error.name === 'Unknown'
      ? `the server answers ${status}`
      : `the server answers ${status}, ${bounded(error.name)}`;
  }
  const { code, name } = error as NodeJS.ErrnoException;
  return bounded(code ?? name ?? 'unknown error');
}

/**
 * Whether the server has refused the request. Of an answer 5xx that cannot be said: a proxy gives one while the server
 * behind it goes on, and S3 has no word for whether an internal error came before or after.
 */
export function isS3Answer(error: unknown): boolean {
  if (error instanceof TooLargeError) return true;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status !== undefined && status >= 400 && status < 500;
}

/** A code, not a text: letters, digits and the like. */
function bounded(code: string): string {
  return /^[\w.-]{1,100}$/.test(code) ? code : 'an error without a code';
}
