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

/** A code, not a text: letters, digits and the like. */
function bounded(code: string): string {
  return /^[\w.-]{1,100}$/.test(code) ? code : 'an error without a code';
}
