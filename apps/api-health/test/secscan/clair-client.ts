import { indexBody, type Image } from './images.ts';

export type ClairAnswerRead = { status: number; text: string };

/** One call, read to its end. */
export async function callClair(
  baseUrl: string,
  method: string,
  path: string,
  options: { body?: string; token?: string; signal?: AbortSignal } = {},
): Promise<ClairAnswerRead> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: options.body }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { status: response.status, text: await response.text() };
}

/** Submits an image; throws if the connection breaks. */
export function index(baseUrl: string, image: Pick<Image, 'manifest' | 'layers'>, token?: string) {
  return callClair(baseUrl, 'POST', '/indexer/api/v1/index_report', {
    body: indexBody(image),
    ...(token === undefined ? {} : { token }),
  });
}

/** Runs `work` for each item, a few at a time. */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, position: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < items.length) {
      const position = next;
      next += 1;
      await work(items[position] as T, position);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
}
