/** An answer of Clair. */
export type ClairAnswer = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent for an answer without a body. */
  body?: unknown;
};

/** An error in Clair's form (schema `Error`). */
export function clairError(status: number, message: string): ClairAnswer {
  const codes: Readonly<Record<number, string>> = {
    400: 'bad-request',
    404: 'not-found',
    405: 'method-not-allowed',
  };
  const body = { code: codes[status] ?? 'internal-error', message };
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
    body,
  };
}

/** JSON under one of Clair's media types, `application/vnd.clair.<name>.v1+json`. */
export function clairJson(status: number, name: string, body: object, headers: object = {}): ClairAnswer {
  return { status, headers: { 'Content-Type': `application/vnd.clair.${name}.v1+json`, ...headers }, body };
}
