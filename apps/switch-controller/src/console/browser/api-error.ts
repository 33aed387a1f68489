/** Something wrong with one field of what was sent. */
export type Fault = { field: string; problem: string };

/** A request that the controller refused or did not answer. */
export class ApiError extends Error {
  /** HTTP status; 0 if no answer came. */
  readonly status: number;
  /** The controller's code for it, e.g. `VERSION_CONFLICT`; undefined if the answer is not the controller's. */
  readonly code: string | undefined;
  readonly faults: readonly Fault[];

  constructor(status: number, message: string, code?: string, faults: readonly Fault[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }
}

/** Reads the error that an answer carries: `{"error": {"message", "faults"}}`, or whatever a proxy sent instead. */
export function readApiError(status: number, body: string): ApiError {
  try {
    const { error } = JSON.parse(body) as { error?: Record<string, unknown> };
    const { code, message, faults } = error ?? {};
    return new ApiError(
      status,
      typeof message === 'string' ? message : `HTTP status ${status}`,
      typeof code === 'string' ? code : undefined,
      Array.isArray(faults) ? (faults as Fault[]) : [],
    );
  } catch {
    return new ApiError(status, `HTTP status ${status}`);
  }
}

/** Whether somebody published another version first. */
export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 409 && error.code === 'VERSION_CONFLICT';
}

/** What went wrong with a change, for whoever wanted it. A conflict is not told here: it needs the new state. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof ApiError)) return `The console failed: ${String(error)}`;
  const { status, message, faults } = error;
  switch (status) {
    case 0:
      return `The controller did not answer (${message}). If this was the publication, look at the last changes before you try again.`;
    case 400:
      return `The change is not valid: ${faults.length === 0 ? message : faults.map(describeFault).join('; ')}.`;
    case 401:
      return 'The controller does not know this token. Nothing was changed; enter another one.';
    case 403:
      return `The controller takes no changes: ${message}`;
    case 429:
      return message;
    case 503:
      return `The store is away, so nothing can be changed now; switches stay as they are. (${message})`;
    default:
      return `The controller refused the change: ${message} (status ${status}).`;
  }
}

function describeFault({ field, problem }: Fault): string {
  return `${field}: ${problem}`;
}
