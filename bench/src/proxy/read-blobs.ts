import { connect } from 'node:net';

const BUFFER_BYTES = 1024 * 1024;

/**
 * Reads one file over and over on several connections for `seconds`, each to its end. Reads into one
 * buffer per connection and keeps nothing, so that the client is not what is measured. Gives the number
 * of files. Throws unless every answer is a 200 of `sizeBytes`.
 */
export async function readBlobs(
  url: string,
  options: { connections: number; seconds: number; sizeBytes: number },
): Promise<number> {
  const end = performance.now() + options.seconds * 1000;
  const counts = await Promise.all(
    Array.from({ length: options.connections }, () => readUntil(new URL(url), end, options.sizeBytes)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function readUntil({ hostname, port, pathname }: URL, end: number, sizeBytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let files = 0;
    let head = '';
    let missingBytes: number | undefined;
    const ask = () => {
      head = '';
      missingBytes = undefined;
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    };
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(`${pathname}: ${reason}`));
      return false;
    };
    const onRead = (size: number, buffer: Uint8Array): boolean => {
      let bodyBytes = size;
      if (missingBytes === undefined) {
        head += Buffer.from(buffer.buffer, buffer.byteOffset, size).toString('latin1');
        const headLength = head.indexOf('\r\n\r\n');
        if (headLength < 0) return true;
        bodyBytes = head.length - headLength - 4;
        missingBytes = sizeBytes;
        const problem = problemOf(head.slice(0, headLength), sizeBytes);
        if (problem !== undefined) return fail(problem);
      }
      missingBytes -= bodyBytes;
      if (missingBytes < 0) return fail('the answer is too long');
      if (missingBytes > 0) return true;
      files += 1;
      if (performance.now() < end) ask();
      else {
        socket.destroy();
        resolve(files);
      }
      return true;
    };
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: onRead },
    });
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.once('end', () => fail('the connection ended early'));
  });
}

/** What is wrong with the head of an answer that should be a 200 of `sizeBytes`; undefined if nothing. */
export function problemOf(head: string, sizeBytes: number): string | undefined {
  if (!head.startsWith('HTTP/1.1 200 ')) return `answered ${head.split('\r\n')[0] ?? ''}`;
  const length = /^content-length: *(\d+) *$/im.exec(head)?.[1];
  return length === String(sizeBytes) ? undefined : `Content-Length is ${length ?? 'absent'}`;
}
