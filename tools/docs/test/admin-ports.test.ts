import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERY_APP } from '@quay-observability/metric-catalogue';
import { readDocument } from '../src/documents.ts';
import { ADMIN_PORTS } from '../src/render-configuration.ts';

for (const app of EVERY_APP) {
  test(`the documented admin port of ${app} is the one in its code`, () => {
    const port = /^ +adminPort: (\d+),$/m.exec(readDocument(`apps/${app}/src/compose.ts`))?.[1];
    assert.equal(Number(port), ADMIN_PORTS[app]);
  });
}
