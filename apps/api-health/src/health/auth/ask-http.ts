/** A question to a backend over HTTP. */
export type HttpQuestion = {
  readonly url: string;
  /** POSTed as JSON; a GET without it. */
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Its answer, of which no more than 1 MiB is taken, or what prevented one, free of secrets. */
export type HttpAnswer = { status: number; text: string } | { problem: string };

const MAX_ANSWER_BYTES = 1024 * 1024;

/** Asks once, within the time for all of it, and follows redirects as Python's client does. */
export async function askHttp({ url, body, timeoutMs, signal }: HttpQuestion): Promise<HttpAnswer> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([limit, signal]),
      headers: {
        accept: 'application/json',
        connection: 'close',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await readText(response) };
  } catch (error) {
    return { problem: limit.aborted ? `no answer within ${timeoutMs} ms` : describe(error) };
  }
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** `fetch` hides the reason in the cause; the URL, which may hold a password, is never in it. */
function describe(error: unknown): string {
  const { cause, name, message } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined) return code;
  return name === 'Error' ? message : name;
}
