import { STATUS_CODES } from 'node:http';

/** What HTTP allows in a reason phrase; node refuses to send anything else. */
const REASON_PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The upstream's reason phrase, or the standard one if the upstream's is not valid. */
export function reasonPhrase(status: number, phrase: string): string {
  return REASON_PHRASE.test(phrase) ? phrase : (STATUS_CODES[status] ?? '');
}

/**
 * Why an answer cannot be passed on. `Transfer-Encoding` stays behind, as it concerns one connection: of
 * any coding but `chunked`, which is undone here, the client would get the bytes without the name.
 */
export function checkResponseFraming(rawHeaders: readonly string[]): Error | undefined {
  let encodings = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length !== 17 || rawHeaders[index]?.toLowerCase() !== 'transfer-encoding')
      continue;
    encodings += 1;
    if (encodings > 1 || rawHeaders[index + 1]?.trim().toLowerCase() !== 'chunked')
      return new Error('the answer has a Transfer-Encoding other than chunked');
  }
  return undefined;
}
