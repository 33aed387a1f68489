import type { ErrorRequestHandler } from 'express';

/** An answer as registry clients read it; Express's error handling carries it there. */
export class RegistryError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Failure = Error & { readonly status?: number; readonly headers?: Record<string, string> };

/** Turns errors into answers; only those that say so are shown to the client. */
export function answerErrors(onProblem: (message: string, error: unknown) => void): ErrorRequestHandler {
  // Express knows a handler of errors by its four parameters.
  return (error: Failure, _request, response, next) => {
    const { status = 500, headers = {} } = error;
    if (status >= 500) onProblem('A request failed.', error);
    if (response.headersSent) {
      next(error);
      return;
    }
    const code = error instanceof RegistryError ? error.code : 'UNKNOWN';
    const message = status >= 500 ? 'internal error' : error.message;
    response
      .status(status)
      .set(headers)
      .json({ errors: [{ code, message }] });
  };
}
