import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOwnerUpstream } from '../src/owner-upstream.ts';
import { gatewaySettings } from '../src/gateway-settings.ts';
import { upstreamChecks } from '../src/upstream-readiness.ts';
import { readSettings } from '@quay-observability/quay-config';
import type { RouteOwner } from '@quay-observability/owner-switch';

const settings = readSettings({}, gatewaySettings({ listenPort: 0 }));
const upstreamOf = (owner: RouteOwner) =>
  createOwnerUpstream({
    owner,
    // Nobody listens there.
    url: 'http://127.0.0.1:1',
    kind: 'API',
    healthPath: '/',
    settings,
    log: { warning: () => undefined },
  });

test("of two upstreams Python's is required, of one the one there is", () => {
  const [python, go] = [upstreamOf('python'), upstreamOf('go')];
  const named = (checks: ReturnType<typeof upstreamChecks>) =>
    checks.map(({ name, required }) => `${name}: ${required}`);
  assert.deepEqual(named(upstreamChecks({ python, go, ownerOf: () => 'go' })), [
    'API (python): true',
    'API (go): false',
  ]);
  assert.deepEqual(named(upstreamChecks({ only: go })), ['API: true']);
  assert.deepEqual(named(upstreamChecks({ only: python })), ['API: true']);
});

test('an upstream that is away is told by its kind and address', async () => {
  const [check] = upstreamChecks({ only: upstreamOf('go') });
  await assert.rejects(check!.check(), /^Error: the API at http:\/\/127\.0\.0\.1:1: ECONNREFUSED$/);
});
