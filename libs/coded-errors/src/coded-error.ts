import type { ErrorCode } from './error-codes.ts';

/** An error with a stable code of the project's one table, for operators to search for and for code to test. */
export class CodedError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CodedError';
    this.code = code;
  }
}
