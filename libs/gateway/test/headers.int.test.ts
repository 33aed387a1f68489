import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answering, converse, open, startRawServer } from './raw-http.ts';
import { stage } from './stage.ts';
import { startGateway, type GatewaySetup } from './start-gateway.ts';

/** Sends `request` through a gateway to an upstream that gives `answer`; gives what each side saw. */
async function pass(request: string, answer: string, setup: GatewaySetup = {}) {
  const upstream = await startRawServer(answering(answer));
  const gateway = await startGateway(upstream.url, setup);
  try {
    const received = await converse(gateway.port, request);
    return {
      sent: upstream.connections.map((each) => each.received()).join('\n'),
      received,
      gateway,
      upstream,
    };
  } finally {
    await gateway.close();
    await upstream.close();
  }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const get = (headers: string, target = '/v2/'): string =>
  `GET ${target} HTTP/1.1\r\nHost: registry.test:5000\r\n${headers}Connection: close\r\n\r\n`;

test('the request keeps its target, Host, order, case and repeated headers', async () => {
  const { sent } = await pass(
    get(
      'AUTHORIZATION: Bearer x\r\naCCept: a/b\r\naCCept: c/d\r\nRange: bytes=1-2\r\nX-Bytes: \xe9\r\n',
      '/v2/a%2Fb/../manifests/x?n=1&last=%20',
    ),
    OK,
  );
  assert.match(
    sent,
    /^GET \/v2\/a%2Fb\/\.\.\/manifests\/x\?n=1&last=%20 HTTP\/1\.1\r\nhost: registry\.test:5000\r\n/i,
  );
  assert.match(
    sent,
    /\r\nAUTHORIZATION: Bearer x\r\naCCept: a\/b\r\naCCept: c\/d\r\nRange: bytes=1-2\r\nX-Bytes: \xe9\r\n/,
  );
});

test('hop-by-hop headers of the client stay behind, also those that Connection names', async () => {
  const { sent } = await pass(
    'GET /v2/ HTTP/1.1\r\nHost: registry.test\r\nKeep-Alive: timeout=5\r\nProxy-Authorization: Basic x\r\nTE: trailers\r\n' +
      'X-Hop: secret\r\nX-Stays: 1\r\nUpgrade: websocket\r\nConnection: close, X-Hop, host, Upgrade\r\n\r\n',
    OK,
  );
  assert.doesNotMatch(sent, /secret|Proxy-Authorization|TE:|Upgrade|timeout=5/i);
  assert.match(sent, /X-Stays: 1/);
  assert.match(sent, /host: registry\.test\r\n/i);
});

test('Connection cannot take the Content-Length away', async () => {
  const { sent } = await pass(
    'POST /v2/a HTTP/1.1\r\nHost: registry.test\r\nContent-Length: 2\r\nConnection: close, content-length\r\n\r\nhi',
    OK,
  );
  assert.match(sent, /Content-Length: 2\r\n[^]*\r\n\r\nhi$/);
});

test('X-Forwarded-* say where the client came from', async () => {
  const plain = await pass(get(''), OK);
  assert.match(
    plain.sent,
    /X-Forwarded-For: 127\.0\.0\.1\r\nX-Forwarded-Host: registry\.test:5000\r\nX-Forwarded-Proto: http\r\n/,
  );
  const proxied = get(
    'X-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Host: quay.test\r\nX-Forwarded-Proto: https\r\nForwarded: for=10.0.0.9\r\n',
  );
  const trusted = await pass(proxied, OK);
  assert.match(
    trusted.sent,
    /X-Forwarded-For: 10\.0\.0\.9, 127\.0\.0\.1\r\nX-Forwarded-Host: quay\.test\r\nX-Forwarded-Proto: https\r\n/,
  );
  const untrusted = await pass(proxied, OK, { trustForwarded: false });
  assert.match(
    untrusted.sent,
    /X-Forwarded-For: 127\.0\.0\.1\r\nX-Forwarded-Host: registry\.test:5000\r\nX-Forwarded-Proto: http\r\n/,
  );
  assert.doesNotMatch(untrusted.sent, /10\.0\.0\.9/);
});

test('headers of the exchange take the place of those of the client', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const { sent } = await pass(get('TraceParent: old\r\n'), OK, {
    exchange: (upstream) => ({ upstream, upstreamHeaders: { traceparent } }),
  });
  assert.match(sent, new RegExp(`\r\ntraceparent: ${traceparent}\r\n`));
  assert.doesNotMatch(sent, /old/);
});

test('an exchange may ask for another host, and the upstream is still told which one the client asked', async () => {
  for (const request of [get(''), get('').replace('GET', 'DELETE')]) {
    const { sent } = await pass(request, OK, {
      exchange: (upstream) => ({ upstream, upstreamHeaders: { host: 'clair.test:6060' } }),
    });
    assert.match(sent, /host: clair\.test:6060\r\n/i);
    assert.equal(sent.match(/^host:/gim)?.length, 1);
    assert.match(sent, /X-Forwarded-Host: registry\.test:5000\r\n/);
  }
});

test('the answer keeps status message, order, case and repeated headers, and loses those of its connection', async () => {
  const { received } = await pass(
    get(''),
    'HTTP/1.1 200 Fine By Me\r\nsEt-CooKie: a=1\r\nX-One: 1\r\nsEt-CooKie: b=2\r\nX-Hop: secret\r\nKeep-Alive: timeout=99\r\n' +
      'Connection: keep-alive, X-Hop\r\nDocker-Distribution-Api-Version: registry/2.0\r\nX-Bytes: \xe9\r\nContent-Length: 2\r\n\r\nok',
  );
  assert.match(
    received,
    /^HTTP\/1\.1 200 Fine By Me\r\nsEt-CooKie: a=1\r\nX-One: 1\r\nsEt-CooKie: b=2\r\nDocker-Distribution-Api-Version: registry\/2\.0\r\nX-Bytes: \xe9\r\nContent-Length: 2\r\n/,
  );
  assert.doesNotMatch(received, /secret|timeout=99/);
  assert.match(received, /\r\n\r\nok$/);
});

test('HEAD keeps its Content-Length and has no body; 204 and 304 have none', async () => {
  const head = await pass(
    'HEAD /v2/a/manifests/x HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nDocker-Content-Digest: sha256:ab\r\n\r\n',
  );
  assert.match(head.received, /Content-Length: 1234\r\n[^]*\r\n\r\n$/);
  assert.equal(head.gateway.observed[0]?.end?.bytesToClient, 0);
  const unknown = await pass(
    'HEAD /v2/ HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  assert.match(unknown.received, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
  for (const [status, headers] of [
    ['204 No Content', ''],
    ['304 Not Modified', 'Content-Length: 77\r\nETag: "x"\r\n'],
  ] as const) {
    const { received } = await pass(get(''), `HTTP/1.1 ${status}\r\n${headers}\r\n`);
    assert.match(received, new RegExp(`^HTTP/1\\.1 ${status}\r\n${headers}[^]*\r\n\r\n$`));
    assert.doesNotMatch(received, /chunked/);
  }
});

test('a Location with the address of the upstream leads back through the gateway, others stay', async () => {
  const locate = async (
    location: (upstream: string) => string,
    headers = '',
  ): Promise<string | undefined> => {
    const upstream = await startRawServer((connection) => {
      connection.socket.once('data', () => {
        connection.send(
          `HTTP/1.1 202 Accepted\r\nLocation: ${location(upstream.url)}\r\nContent-Length: 0\r\n\r\n`,
        );
      });
    });
    const gateway = await startGateway(upstream.url);
    try {
      return /\r\nLocation: (.*)\r\n/.exec(await converse(gateway.port, get(headers)))?.[1];
    } finally {
      await gateway.close();
      await upstream.close();
    }
  };
  assert.equal(
    await locate((url) => `${url}/v2/a/blobs/uploads/1?_state=x`),
    'http://registry.test:5000/v2/a/blobs/uploads/1?_state=x',
  );
  assert.equal(
    await locate((url) => `${url}/v2/a`, 'X-Forwarded-Proto: https\r\nX-Forwarded-Host: quay.test\r\n'),
    'https://quay.test/v2/a',
  );
  assert.equal(await locate((url) => `${url}0/v2/a`).then((location) => location?.endsWith('0/v2/a')), true);
  assert.equal(await locate(() => '/v2/relative'), '/v2/relative');
  assert.equal(await locate(() => 'https://storage.test/blob?sig=1'), 'https://storage.test/blob?sig=1');
});

test('an HTTP/1.0 client without Host gets an answer that ends with its connection', async () => {
  const { sent, received, upstream } = await pass(
    'GET /v2/ HTTP/1.0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  );
  assert.match(sent, new RegExp(`host: 127\\.0\\.0\\.1:${upstream.port}\r\n`, 'i'));
  assert.doesNotMatch(received, /chunked/);
  assert.match(received, /\r\n\r\nok$/);
});

test('trailers pass to a client that asks for them', async () => {
  const answer =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n';
  const asked = await pass(get('TE: trailers\r\n'), answer);
  assert.match(asked.received, /0\r\nX-Sum: 42\r\n\r\n$/);
  const unasked = await pass(get(''), answer);
  assert.match(unasked.received, /0\r\n\r\n$/);
});

test('Upgrade is not taken up: the connection goes on as it was', async () => {
  const upstream = await startRawServer(answering(OK));
  const gateway = await startGateway(upstream.url);
  const client = await open(gateway.port);
  try {
    client.send(
      'POST /v2/a HTTP/1.1\r\nHost: registry.test\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nhi',
    );
    await client.until(/^HTTP\/1\.1 200 OK[^]*ok$/);
    client.send(get(''));
    assert.equal((await client.closed()).match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  } finally {
    client.socket.destroy();
    await gateway.close();
    await upstream.close();
  }
});

test('a request without a body that could have one says so, others need not', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'PROPFIND']) {
    for (const length of ['', 'Content-Length: 0\r\n']) {
      const request = `${method} /v2/a HTTP/1.1\r\nHost: registry.test\r\n${length}Connection: close\r\n\r\n`;
      const { sent } = await pass(request, OK);
      assert.doesNotMatch(sent, /Transfer-Encoding/i);
      assert.equal(sent.match(/\r\nContent-Length: 0\r\n/g)?.length, 1, sent);
      assert.match(sent, /\r\n\r\n$/);
    }
  }
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE']) {
    const request = `${method} /v2/a HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\n\r\n`;
    const { sent } = await pass(request, method === 'HEAD' ? OK.slice(0, -2) : OK);
    assert.doesNotMatch(sent, /Transfer-Encoding|Content-Length/i);
  }
});

test('bytes above ASCII stay as they are, also where the head travels before the body', async () => {
  await stage({}, async ({ client, atUpstream }) => {
    client.send(
      'PUT /v2/a HTTP/1.1\r\nHost: registry.test\r\nX-Bytes: \xe9\xff\r\nContent-Length: 2\r\n\r\n',
    );
    const upstream = await atUpstream();
    await upstream.until(/\r\nX-Bytes: \xe9\xff\r\n[^]*\r\n\r\n$/);
    client.send('hi');
    await upstream.until(/hi$/);
    upstream.send('HTTP/1.1 201 Created\r\nX-Bytes: \xe9\xff\r\nContent-Length: 2\r\n\r\n');
    await client.until(/\r\nX-Bytes: \xe9\xff\r\n[^]*\r\n\r\n$/);
    upstream.send('ok');
    await client.until(/ok$/);
    client.send('GET /v2/a HTTP/1.1\r\nHost: registry.test\r\n\r\n');
    const kept = await atUpstream();
    await kept.until(/\r\n\r\n$/);
    kept.send('HTTP/1.1 200 OK\r\nX-Bytes: \xea\r\nTransfer-Encoding: chunked\r\n\r\n');
    await client.until(/\r\nX-Bytes: \xea\r\n[^]*\r\n\r\n$/);
  });
});
