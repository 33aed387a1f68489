import type { ErrorForm } from '@quay-observability/gateway';

/** Clair's words for the statuses that it has one for. */
const CODES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'not-found',
  405: 'method-not-allowed',
  429: 'too-many-requests',
};
/** What the gateway says of its upstream speaks of a registry. */
const MESSAGES: Readonly<Record<number, string>> = {
  502: 'Clair cannot be reached, or did not give a valid answer',
  504: 'Clair did not answer in time',
};

/** An error as Clair answers it (schema `Error` of its OpenAPI): `code` and `message`. */
export const clairErrorForm: ErrorForm = ({ status, message }) =>
  Buffer.from(
    JSON.stringify({ code: CODES[status] ?? 'internal-error', message: MESSAGES[status] ?? message }),
  );
