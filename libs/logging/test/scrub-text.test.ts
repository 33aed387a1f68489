import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scrubText } from '../src/scrub-text.ts';

const F = '[FILTERED]';

const cases: [title: string, text: string, expected: string][] = [
  ['a database URL', 'postgresql+psycopg2://quay:pw@db/quay', `postgresql+psycopg2://${F}@db/quay`],
  ['a Redis URL without user', 'redis://:pw@h:6379/0', `redis://${F}@h:6379/0`],
  ['a password with @ / # ?', 'mysql+pymysql://u:p@s/s#w?o@db/quay', `mysql+pymysql://${F}@db/quay`],
  ['a password with a slash in a web URL', 'https://u:p/w@host/x', `https://${F}@host/x`],
  ['a token as the user', 'https://ghp_abc@github.com/x', `https://${F}@github.com/x`],
  ['two URLs', 'redis://:a@h1,redis://:b@h2 end', `redis://${F}@h1,redis://${F}@h2 end`],
  ['a URL in quotes', `"amqp://u:p@h/v" 'x@y'`, `"amqp://${F}@h/v" 'x@y'`],
  ['credentials and a digest', 'docker://u:p@q.io/r@sha256:ab', `docker://${F}@q.io/r@sha256:ab`],
  ['a bearer header', 'Authorization: Bearer abc.def', `Authorization: ${F}`],
  ['an unknown scheme', 'authorization: Custom abcdef rest', `authorization: ${F} rest`],
  ['a scheme alone', 'sent Bearer abcdef to x', `sent Bearer ${F} to x`],
  ['basic', 'sent basic dXNlcjpwYXNz', `sent basic ${F}`],
  ['Dynatrace', 'Api-Token dt0c01.ABCDEFGHIJ.KLMNOP failed', `Api-Token ${F} failed`],
  ['a Dynatrace token alone', 'got dt0c01.ABCDEFGHIJ.KLMNOP.', `got ${F}`],
  ['cookies', 'Cookie: session=a; csrf=b\nnext', `Cookie: ${F}\nnext`],
  ['key=value', 'host=h password=a,b;c user=u', `host=h password=${F} user=u`],
  ['a query', '/x?access_token=abc&y=1', `/x?access_token=${F}&y=1`],
  [
    'a presigned URL',
    'X-Amz-Credential=A%2F1&X-Amz-Signature=ab&e=1',
    `X-Amz-Credential=${F}&X-Amz-Signature=${F}&e=1`,
  ],
  [
    'an Akamai URL',
    'https://cdn/x?akamai_signature=exp=1~hmac=ab&r=us',
    `https://cdn/x?akamai_signature=${F}&r=us`,
  ],
  ['JSON', '{"password": "a\\"b, c", "n": 1}', `{"password": "${F}", "n": 1}`],
  [
    'JSON within JSON',
    String.raw`{"body": "{\"token\": \"a b\", \"n\": 1}"}`,
    String.raw`{"body": "{\"token\": \"[FILTERED]\", \"n\": 1}"}`,
  ],
  ['a Python dictionary', `{'secret_key': 'a b', 'n': 1}`, `{'secret_key': '${F}', 'n': 1}`],
  ['AWS', 'key AKIAIOSFODNN7EXAMPLE used', `key ${F} used`],
  ['a JSON Web Token', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_', `got ${F}`],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- end', `${F} end`],
  ['a private key cut short', 'x -----BEGIN PRIVATE KEY-----\nabc', `x ${F}`],
];
for (const [title, text, expected] of cases) {
  test(`scrubs ${title}`, () => {
    assert.equal(scrubText(text), expected);
    assert.equal(scrubText(expected), expected, 'scrubbing twice changes nothing');
  });
}

test('leaves ordinary text alone', () => {
  const texts = [
    'docker://localhost:5000/repo@sha256:0123',
    'https://quay.io/v2/',
    'pulled quay/clair@sha256:ab',
    'mail to ada@example.com',
    'Basic authentication failed',
    'Bearer realm="https://quay.io/v2/auth",service="quay.io"',
    'no bearer token given',
    '{"token": null, "tokens": 12, "has_secret": true}',
    'author: ada',
    'passed: 5',
    'tokens=3',
    'PUT /v2/a/b/manifests/latest',
    'basic auth is required',
    'http://h/users/@me',
  ];
  for (const text of texts) assert.equal(scrubText(text), text);
});

test('hostile texts of a megabyte come to an end', () => {
  const parts = [
    '://',
    '://a:',
    '://@',
    'token=',
    'token_type=',
    'eyJ-',
    'eyJa.',
    'Bearer ',
    'Bearer realm=',
    'cookie:',
    'password',
    '\\"',
    'token="\\',
    '-----BEGIN PRIVATE KEY-----',
    'dt0c01.',
    'authorization: a',
    'AKIA',
    'secret"',
  ];
  for (const part of parts) {
    const text = `password=x ${part.repeat(1_000_000 / part.length)}`;
    assert.ok(!scrubText(text).includes('password=x'), part);
  }
});
