import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chooseCollector } from '../src/choose-collector.ts';

const cases: [endpoint: string, protocol: string, url: string][] = [
  ['http://jaeger:4317', 'grpc', 'http://jaeger:4317/'],
  ['http://jaeger:4317/', 'grpc', 'http://jaeger:4317/'],
  ['https://collector.example:4317', 'grpc', 'https://collector.example:4317/'],
  ['http://collector', 'grpc', 'http://collector/'],
  ['http://collector:9999', 'grpc', 'http://collector:9999/'],
  ['jaeger:4317', 'grpc', 'http://jaeger:4317/'],
  ['http://jaeger:4318/v1/traces', 'http/protobuf', 'http://jaeger:4318/v1/traces'],
  ['http://jaeger:4318', 'http/protobuf', 'http://jaeger:4318/v1/traces'],
  ['http://jaeger:4317/v1/traces', 'http/protobuf', 'http://jaeger:4317/v1/traces'],
  ['https://collector.example/otlp/v1/traces', 'http/protobuf', 'https://collector.example/otlp/v1/traces'],
  ['https://collector.example/custom', 'http/protobuf', 'https://collector.example/custom'],
];

for (const [endpoint, protocol, url] of cases) {
  test(`${endpoint} is ${protocol}`, () => {
    const collector = chooseCollector({ endpoint, dynatrace: undefined });
    assert.deepEqual({ protocol: collector.protocol, url: collector.url }, { protocol, url });
    assert.deepEqual(collector.headers, {});
  });
}

test('Dynatrace goes before the endpoint, with its token in a header', () => {
  const collector = chooseCollector({
    endpoint: 'http://jaeger:4317',
    dynatrace: { apiUrl: 'https://dt.example/api/v2/otlp/', apiToken: 'dt0c01.secret' },
  });
  assert.deepEqual(collector, {
    protocol: 'http/protobuf',
    url: 'https://dt.example/api/v2/otlp/v1/traces',
    headers: { Authorization: 'Api-Token dt0c01.secret' },
    name: 'https://dt.example/api/v2/otlp/v1/traces',
  });
});

test('the name for logs has neither credentials nor query', () => {
  const { name } = chooseCollector({
    endpoint: 'https://me:pw@c.example:8080/v1/traces?key=pw',
    dynatrace: undefined,
  });
  assert.equal(name, 'https://c.example:8080/v1/traces');
});

test('what is no http URL is refused, naming the key', () => {
  for (const endpoint of ['', 'ftp://jaeger', 'http://', 'http://a b']) {
    assert.throws(
      () => chooseCollector({ endpoint, dynatrace: undefined }),
      /^TypeError: OTEL_CONFIG\.endpoint/,
    );
  }
  const dynatrace = { apiUrl: 'nonsense://x', apiToken: 'dt0c01.secret' };
  assert.throws(
    () => chooseCollector({ endpoint: 'http://jaeger:4317', dynatrace }),
    /^TypeError: OTEL_CONFIG\.dt_api_url/,
  );
});
