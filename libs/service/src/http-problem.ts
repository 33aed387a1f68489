/** What an answer of a public API says went wrong, in the form that all of them have. */
export type ProblemBody = {
  readonly error: { readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>;
};

export type ProblemOptions = {
  /** Further fields of the answer's `error`. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** Thrown by a handler to refuse a request; the listener answers it as `{"error": {"code", "message", ...}}`. */
export class HttpProblem extends Error {
  /** 4xx or 5xx. */
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: ProblemOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
  }
}

/** The body of an answer that refuses a request. */
export function problemBody({ code, message, details }: HttpProblem): ProblemBody {
  return { error: { code, message, ...details } };
}

/**
 * What Express and its body parser throw, as a problem: their status and a code for it. Undefined for a fault
 * of our own, of which a client is told nothing.
 */
export function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status < 400 || error.status > 499) return undefined;
  const code = CODES[error.status] ?? 'BAD_REQUEST';
  return new HttpProblem(error.status, code, error.message, { cause: error });
}

const CODES: Readonly<Record<number, string>> = {
  404: 'NOT_FOUND',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};
