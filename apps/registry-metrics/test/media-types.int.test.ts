import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { MANIFEST_MEDIA_TYPES } from '@quay-observability/metric-catalogue';
import { runRegistryGateway, type RunningRegistryGateway } from './run-registry-gateway.ts';

/** A registry that stores whatever it is sent: the types it takes are not what bounds the label. */
let lenient: Server;
let gateway: RunningRegistryGateway;

before(async () => {
  lenient = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(201).end());
  });
  await new Promise<void>((resolve) => lenient.listen(0, '127.0.0.1', resolve));
  gateway = await runRegistryGateway(`http://127.0.0.1:${(lenient.address() as AddressInfo).port}`);
});

after(async () => {
  await gateway.close();
  lenient.close();
});

async function push(contentType: string | undefined): Promise<void> {
  const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
  const answer = await fetch(`${gateway.url}/v2/acme/app/manifests/latest`, {
    method: 'PUT',
    headers,
    body: Buffer.from('{}'),
  });
  assert.equal(answer.status, 201);
}

test('media types of pushes come from a bounded set, and `other` is what is beyond it', async () => {
  const own = MANIFEST_MEDIA_TYPES.filter((type) => type !== '');
  for (const type of own) await push(`${type.toUpperCase()}; charset=utf-8`);
  await push(undefined);
  await push('application/json');
  const strange = ['text/plain', 'x', 'a"b\\c', `application/${'x'.repeat(10_000)}`];
  for (let index = 0; index < 200; index += 1) strange.push(`application/vnd.attack.${index}+json`);
  for (const type of strange) await push(type);

  const samples = await gateway.samples('quay_registry_image_pushes_total');
  const counted = new Map(
    [...samples].map(([key, count]) => [/media_type="(.*)"/.exec(key)?.[1] ?? '', count]),
  );
  const expected = new Map<string, number>(own.map((type) => [type, 1]));
  expected.set('application/vnd.docker.distribution.manifest.v1+json', 3);
  expected.set('other', strange.length);
  assert.deepEqual([...counted].sort(), [...expected].sort());
});
