import { createServer, type IncomingHttpHeaders } from 'node:http';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { freePort } from '../free-port.ts';
import { waitUntil } from '../wait-until.ts';
import { decodeSpans, type ReceivedSpan } from './decode-spans.ts';

/** A collector that keeps what it is sent. */
export type OtlpReceiver = {
  /** For `OTEL_CONFIG.endpoint`; the protocol follows from it. */
  readonly url: string;
  readonly port: number;
  /** Everything received so far. */
  spans(): ReceivedSpan[];
  /** One per export: path and headers (gRPC: metadata). */
  requests(): { path: string; headers: Record<string, unknown> }[];
  /** Waits until `count` spans are there, and returns all. */
  waitForSpans(count: number): Promise<ReceivedSpan[]>;
  stop(): Promise<void>;
};

export type OtlpReceiverOptions = {
  protocol?: 'http' | 'grpc';
  port?: number;
  /** PEM. gRPC only. */
  tls?: { key: Buffer; certificate: Buffer };
};

/** The one method of OTLP/gRPC for traces. */
const GRPC_METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** Starts a collector on 127.0.0.1, in this process, for OTLP over HTTP/protobuf or gRPC. */
export async function startOtlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: { path: string; headers: Record<string, unknown> }[] = [];
  const receive = (path: string, headers: Record<string, unknown>, body: Uint8Array): void => {
    spans.push(...decodeSpans(body));
    requests.push({ path, headers });
  };
  const port = options.port ?? (await freePort());
  const grpc = options.protocol === 'grpc';
  const stop = grpc ? await listenGrpc(port, options.tls, receive) : await listenHttp(port, receive);
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${port}${grpc ? '' : '/v1/traces'}`,
    port,
    spans: () => [...spans],
    requests: () => [...requests],
    waitForSpans: (count) =>
      waitUntil(`${count} spans`, () => (spans.length >= count ? [...spans] : undefined)),
    stop,
  };
}

type Receive = (path: string, headers: Record<string, unknown>, body: Uint8Array) => void;

async function listenHttp(port: number, receive: Receive): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers: IncomingHttpHeaders = request.headers;
      let status = 200;
      try {
        receive(request.url ?? '', headers, Buffer.concat(chunks));
      } catch {
        status = 400;
      }
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
}

async function listenGrpc(
  port: number,
  tls: OtlpReceiverOptions['tls'],
  receive: Receive,
): Promise<() => Promise<void>> {
  const server = new Server();
  const asIs = (bytes: Buffer): Buffer => bytes;
  const method = { path: GRPC_METHOD, requestStream: false, responseStream: false } as const;
  const codec = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  server.addService(
    { Export: { ...method, ...codec } },
    {
      Export: (
        call: { metadata: { getMap(): Record<string, unknown> }; request: Buffer },
        done: (error: null, reply: Buffer) => void,
      ) => {
        receive(GRPC_METHOD, call.metadata.getMap(), call.request);
        done(null, Buffer.alloc(0));
      },
    },
  );
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }]);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  return () => {
    server.forceShutdown();
    return Promise.resolve();
  };
}
