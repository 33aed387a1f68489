import { Agent, get } from 'node:http';

/** A finished answer: its status and the size of its body. */
export type Answer = { status: number; sizeBytes: number; body: Buffer[] };

/** A client that keeps its connections; `keepBody` false throws the body away as it comes. */
export function createHttpClient() {
  const agent = new Agent({ keepAlive: true });
  const request = (url: string, keepBody: boolean) =>
    new Promise<Answer>((resolve, reject) => {
      get(url, { agent }, (response) => {
        const answer: Answer = { status: response.statusCode ?? 0, sizeBytes: 0, body: [] };
        response.on('data', (chunk: Buffer) => {
          answer.sizeBytes += chunk.length;
          if (keepBody) answer.body.push(chunk);
        });
        response.once('end', () => {
          if (answer.status === 200) resolve(answer);
          else reject(new Error(`${url} answers ${answer.status}`));
        });
        response.once('error', reject);
      }).once('error', reject);
    });
  return {
    /** Reads an answer of status 200 to its end; gives its size. */
    sizeOf: async (url: string): Promise<number> => (await request(url, false)).sizeBytes,
    text: async (url: string): Promise<string> =>
      Buffer.concat((await request(url, true)).body).toString('utf8'),
    json: async (url: string): Promise<unknown> =>
      JSON.parse(Buffer.concat((await request(url, true)).body).toString('utf8')),
    close: () => agent.destroy(),
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;
