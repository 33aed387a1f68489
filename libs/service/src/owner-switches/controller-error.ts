import { CodedError } from '@quay-observability/coded-errors';
import type { SmallAnswer } from './get-small.ts';

const MAX_MESSAGE_CHARACTERS = 500;

/**
 * An answer of the switch-controller that is no snapshot: with the cause, if its body is an error of the API
 * (`{"error": {"code", "message"}}`). `SNAPSHOT_REFUSED` if the controller says so, otherwise `SNAPSHOT_UNAVAILABLE`.
 */
export function controllerError(
  { status, body }: Pick<SmallAnswer, 'status' | 'body'>,
  url: URL,
): CodedError {
  const answers = `${url.href} answers ${status}`;
  if (status >= 300 && status < 400 && status !== 304)
    return new CodedError('SNAPSHOT_UNAVAILABLE', `${answers}, and redirects are not followed`);
  const { code, message } = readApiError(body);
  const cause = oneLine(message);
  return new CodedError(
    code === 'SNAPSHOT_REFUSED' ? code : 'SNAPSHOT_UNAVAILABLE',
    cause === '' ? answers : `${answers}: ${cause}`,
  );
}

/** Anything may stand there: a proxy has pages of its own. */
function readApiError(body: Buffer): { readonly code?: unknown; readonly message?: unknown } {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown; message?: unknown } };
    return error ?? {};
  } catch {
    return {};
  }
}

/** Control characters could forge lines of a log, or hide them. */
function oneLine(message: unknown): string {
  if (typeof message !== 'string') return '';
  const line = message.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  if (line.length <= MAX_MESSAGE_CHARACTERS) return line;
  return `${line.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed()}...`;
}
