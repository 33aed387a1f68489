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
  ["a quote in a store's password", "postgresql://quay:a'SECRET@db/quay", `postgresql://${F}@db/quay`],
  ['a space in it', 'at mysql+pymysql://quay:a SECRET@db failed', `at mysql+pymysql://${F}@db failed`],
  ['angle brackets in it', 'redis://:a<b>SECRET@cache:6379\nx@y', `redis://${F}@cache:6379\nx@y`],
  ['quotes around and in it', `'amqp://u:a'S"@h/v', 'x@y'`, `'amqp://${F}@h/v', 'x@y'`],
  [
    'a store in JSON in JSON',
    String.raw`{"a": "{\"u\": \"redis://:p\\\"S@h\", \"m\": \"x@y\"}"}`,
    String.raw`{"a": "{\"u\": \"redis://[FILTERED]@h\", \"m\": \"x@y\"}"}`,
  ],
  ['a quote in a web password', "http://u:a'SECRET@proxy:3128", `http://${F}@proxy:3128`],
  ['a user without a scheme', 'dsn=quay:SECRET@db:5432/quay, x', `dsn=quay:${F}@db:5432/quay, x`],
  ['a user with @ without a scheme', 'quay:SE@C/RET@db', `quay:${F}@db`],
  [
    'a percent-encoded URL',
    '/x?uri=postgresql%3A%2F%2Fquay%3ASEC%2FRET%40db%2Fquay&mail=a%40b',
    `/x?uri=postgresql%3A%2F%2F${F}%40db%2Fquay&mail=a%40b`,
  ],
  [
    'one encoded twice',
    'https%253a%252f%252fu%253aSECRET%2540h%252fx',
    `https%253a%252f%252f${F}%2540h%252fx`,
  ],
  ['a Redis command', 'sent AUTH SECRET', `sent AUTH ${F}`],
  ['a Redis command with a user', 'AUTH default SECRET\nnext', `AUTH ${F} ${F}\nnext`],
  [
    'a Redis command as a list',
    `["HELLO","3","AUTH","default","SECRET"]`,
    `["HELLO","3","AUTH","${F}","${F}"]`,
  ],
  [
    'raw headers in JSON',
    `["Host","h","Authorization","SE CRET","Via","v"]`,
    `["Host","h","Authorization","${F}","Via","v"]`,
  ],
  [
    'a name and a value in JSON',
    `{"Name": "password", "Value": "SECRET"}`,
    `{"Name": "password", "Value": "${F}"}`,
  ],
  ['a bearer header', 'Authorization: Bearer abc.def', `Authorization: ${F}`],
  ['an unknown scheme', 'authorization: Custom abcdef rest', `authorization: ${F} rest`],
  ['a digest', 'Authorization=Digest username="x", response="y"', `Authorization=${F}`],
  [
    'a digest within a text',
    'sent proxy-authorization: Digest username="a, b",uri=/v2/ ,response="y" to h, b=1',
    `sent proxy-authorization: ${F} to h, b=1`,
  ],
  [
    'a digest in JSON',
    String.raw`{"line": "Authorization: Digest username=\"x\", response=\"y\"", "n": 1}`,
    `{"line": "Authorization: ${F}", "n": 1}`,
  ],
  ['a digest cut short', 'Authorization: Digest username="x", response="y', `Authorization: ${F}`],
  ['parameters of an unknown scheme', 'authorization: Custom a="x", b="y"', `authorization: ${F}`],
  ['parameters without a scheme', 'authorization: a="x", b=\'y\' c=z', `authorization: ${F} c=z`],
  ['basic and what follows', 'Authorization: Basic dXNlcg==, status=401', `Authorization: ${F} status=401`],
  [
    'an authkey',
    'tailscaleAuthKey=x authkey: y "auth_key": "z"',
    `tailscaleAuthKey=${F} authkey: ${F} "auth_key": "${F}"`,
  ],
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
    'redis://cache:6379/0 asked by ada@example.com',
    'http://[::1]:80/ ada@example.com',
    'http://h:80: refused, ask ada@example.com',
    'mailto:ada@example.com',
    'quay.io/ns/app:v1@sha256:ab',
    'https%3A%2F%2Fquay.io%2Frepo%40sha256',
    '{"type": "token", "user": "ada"}',
    'NOAUTH Authentication required.',
    'AUTH failed',
    'ERR AUTH <password> called without any password configured',
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
    'authorization: a="',
    'authorization: a=,',
    'authorization: Digest a="x\\\\", ',
    'AKIA',
    'secret"',
    '@',
    'a:a@',
    'a:',
    "redis://:a'a",
    "'redis://:a'a",
    '@sha256:',
    'redis://@sha256:',
    '%40',
    '%3A%2F%2F',
    'x%3A%2F%2Fa%40',
    'AUTH ',
    'AUTH a ',
    '"password","',
    '"password","value":"',
  ];
  for (const part of parts) {
    const text = `password=x ${part.repeat(1_000_000 / part.length)}`;
    assert.ok(!scrubText(text).includes('password=x'), part);
  }
});
