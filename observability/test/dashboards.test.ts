import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GridPos } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS, readDashboard, renderDashboard } from '../src/dashboard-files.ts';
import { panelsOf, targetsOf } from './every-query.ts';
import { RUNBOOK_SECTIONS } from './runbook-sections.ts';

const COLUMNS = 24;

for (const { file, build } of DASHBOARDS) {
  const dashboard = build();
  const panels = panelsOf(dashboard);

  test(`${file} is what the code builds; if not: npx nx run observability:write`, () => {
    // Not assert.equal: it would print both files, twice.
    assert.ok(readDashboard(file) === renderDashboard(dashboard), `${file} is out of date`);
  });

  test(`${file}: every panel says what it shows, in which unit, and what to do`, () => {
    for (const { title, type, description, fieldConfig, links } of panels) {
      assert.ok(title && description, title);
      // A heatmap has its unit at the axis.
      assert.ok(fieldConfig?.defaults.unit ?? type === 'heatmap', `unit of ${title}`);
      assert.equal(links?.length, 1, title);
      const [link] = links;
      assert.ok(RUNBOOK_SECTIONS.has(link?.tooltip ?? ''), `there is no ${link?.tooltip}`);
      assert.equal(link?.url, `\${repository}/${link?.tooltip}`);
    }
    assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
    const ids = (dashboard.panels ?? []).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(!ids.includes(undefined));
  });

  test(`${file}: every query goes to the data source that is chosen above`, () => {
    const chosen = { type: 'prometheus', uid: '${datasource}' };
    for (const panel of panels) {
      assert.deepEqual(panel.datasource, chosen);
      assert.ok(targetsOf(panel).length > 0, panel.title);
      for (const { datasource } of targetsOf(panel)) assert.deepEqual(datasource, chosen);
    }
    for (const { datasource } of dashboard.annotations?.list ?? []) assert.deepEqual(datasource, chosen);
  });

  test(`${file}: no two panels lie over each other, and none sticks out`, () => {
    const taken = new Map<string, string>();
    for (const { gridPos, title = '' } of panels) {
      assert.ok(gridPos);
      assert.ok(gridPos.x + gridPos.w <= COLUMNS, title);
      for (const cell of cellsOf(gridPos)) {
        assert.equal(taken.get(cell), undefined, `${title} lies over ${taken.get(cell)}`);
        taken.set(cell, title);
      }
    }
  });
}

function cellsOf({ x, y, w, h }: GridPos): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`);
}
