import type { ServerResponse } from 'node:http';

/** The head of an answer, once it can no longer change. */
export type Head = {
  readonly status: number;
  readonly header: (lowerCaseName: string) => string | undefined;
};

/**
 * Calls `listener` once, when the head of the answer is written, explicitly or by the first bytes of the body. Only
 * reads: on-headers, which does the like, sets the headers given to `writeHead` anew and loses repeated ones.
 */
export function onHead(response: ServerResponse, listener: (head: Head) => void): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  let told = false;
  response.writeHead = (...given: unknown[]) => {
    const result = writeHead(...given);
    if (!told) {
      told = true;
      const headers = typeof given[1] === 'string' ? given[2] : (given[1] ?? given[2]);
      listener({
        status: response.statusCode,
        // Headers given here never reach `getHeader` unless others were set before.
        header: (name) => textOf(givenHeader(headers, name) ?? response.getHeader(name)),
      });
    }
    return result;
  };
}

/** Counts the bytes of the body from now on; the result tells how many there have been. */
export function countBody(response: ServerResponse): () => number {
  let sentBytes = 0;
  const counting =
    <Result>(send: (...given: unknown[]) => Result) =>
    (...given: unknown[]): Result => {
      const [chunk, encoding] = given;
      if (typeof chunk === 'string') sentBytes += Buffer.byteLength(chunk, encodingOf(encoding));
      else if (chunk instanceof Uint8Array) sentBytes += chunk.byteLength;
      return send(...given);
    };
  response.write = counting(response.write.bind(response) as (...given: unknown[]) => boolean);
  response.end = counting(response.end.bind(response) as (...given: unknown[]) => ServerResponse);
  return () => sentBytes;
}

/** Finds a header in what `writeHead` takes: an object, pairs, or names and values in turn. */
function givenHeader(headers: unknown, name: string): unknown {
  if (!Array.isArray(headers)) {
    if (typeof headers !== 'object' || headers === null) return undefined;
    return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  }
  const flat: unknown[] = headers.flat();
  return flat.find((_, index) => index % 2 === 1 && String(flat[index - 1]).toLowerCase() === name);
}

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value) ? value : 'utf8';
}
