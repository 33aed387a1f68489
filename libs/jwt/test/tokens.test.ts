import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createTokenSigner, createTokenVerifier, readSharedKey } from '../src/index.ts';

const KEY = Buffer.from('a key that two parties share, and no other');
const now = (): number => Math.floor(Date.now() / 1000);
const verify = createTokenVerifier({ key: KEY, issuers: ['quay'], leewaySeconds: 15 });

/** A token made by hand, so that signer and verifier are not each other's judge. */
function token(
  claims: object,
  { key = KEY, header = { alg: 'HS256', typ: 'JWT' } }: { key?: Buffer; header?: object } = {},
): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

test('a token of the issuer, signed with the key and not expired, is good', async () => {
  assert.equal(await verify(`Bearer ${token({ iss: 'quay', exp: now() + 300 })}`), 'good');
  // The clocks may differ.
  assert.equal(await verify(`Bearer ${token({ iss: 'quay', exp: now() - 5 })}`), 'good');
});

test('everything else is refused, by what is wrong', async () => {
  const good = token({ iss: 'quay', exp: now() + 300 });
  const cases: [string | undefined, string][] = [
    [undefined, 'absent'],
    ['', 'absent'],
    [`Basic ${good}`, 'absent'],
    [`bearer ${good}`, 'absent'],
    ['Bearer nothing', 'malformed'],
    ['Bearer a.b.c', 'malformed'],
    [`Bearer ${'a'.repeat(10_000)}`, 'malformed'],
    [`Bearer ${token({ iss: 'quay', exp: now() - 60 })}`, 'expired'],
    [`Bearer ${token({ iss: 'quay', exp: now() + 300, nbf: now() + 100 })}`, 'claims'],
    [`Bearer ${token({ iss: 'quay' })}`, 'claims'],
    [`Bearer ${token({ iss: 'clair', exp: now() + 300 })}`, 'claims'],
    [`Bearer ${token({ exp: now() + 300 })}`, 'claims'],
    [`Bearer ${token({ iss: 'quay', exp: now() + 300 }, { key: Buffer.from('another key') })}`, 'signature'],
    [`Bearer ${good.slice(0, -4)}AAAA`, 'signature'],
    [`Bearer ${token({ iss: 'quay', exp: now() + 300 }, { header: { alg: 'none' } })}`, 'malformed'],
    [`Bearer ${token({ iss: 'quay', exp: now() + 300 }, { header: { alg: 'HS512' } })}`, 'malformed'],
  ];
  for (const [authorization, verdict] of cases)
    assert.equal(await verify(authorization), verdict, authorization);
});

test('what the signer signs is what the verifier expects, for its time', async () => {
  const sign = createTokenSigner({ key: KEY, issuer: 'quay', lifetimeSeconds: 300 });
  const signed = await sign();
  assert.equal(await verify(`Bearer ${signed}`), 'good');
  const claims: unknown = JSON.parse(Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString());
  const { iss, exp } = claims as { iss: string; exp: number };
  assert.equal(iss, 'quay');
  assert.ok(Math.abs(exp - now() - 300) <= 2);
  assert.deepEqual(Object.keys(claims as object).sort(), ['exp', 'iss']);
});

test('short keys sign and verify: what a pre-shared key is like is not decided here', async () => {
  const key = Buffer.from('k');
  const signed = await createTokenSigner({ key, issuer: 'quay', lifetimeSeconds: 60 })();
  const verdict = createTokenVerifier({ key, issuers: ['quay'], leewaySeconds: 0 })(`Bearer ${signed}`);
  assert.equal(await verdict, 'good');
});

test('a shared key is base64, with or without its padding', () => {
  assert.deepEqual(readSharedKey(' a2V5MQ== \n'), Buffer.from('key1'));
  assert.deepEqual(readSharedKey('a2V5MQ'), Buffer.from('key1'));
  for (const wrong of ['', '  ', 'a', 'not base64!', 'a2V5MQ=', 'a2V=5MQ='])
    assert.equal(readSharedKey(wrong), undefined, wrong);
});
