const SAFE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The kind of an error: its code or class. Its text may hold anything and stays in the log, which hides secrets. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  const { code } = error as { code?: unknown };
  const kinds = [code, error.name].filter((kind) => typeof kind === 'string');
  return kinds.find((kind) => SAFE.test(kind)) ?? 'Error';
}

/** What Redis, and with it the dashboard, gets to know of a failure. */
export function storedFailure(kind: string): Error {
  const error = new Error(`${kind}; the log has more`);
  error.stack = '';
  return error;
}
