import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** What to do, per milestone, from the root of the repository. */
export const RUNBOOKS = {
  m1: 'docs/runbooks/m1.md',
  m2: 'docs/runbooks/m2.md',
  m3: 'docs/runbooks/m3.md',
  m4: 'docs/runbooks/m4.md',
} as const;

/** A runbook, and the anchor of a section in it; a test finds those that are not there. */
export type RunbookSection = `${keyof typeof RUNBOOKS}#${string}`;

/** A link to the runbook where the operator's variable `repository` says that the repository is browsed. */
export function runbookLink(section: RunbookSection): DashboardLinkBuilder {
  const [runbook, anchor = ''] = section.split('#') as [keyof typeof RUNBOOKS, string];
  const place = `${RUNBOOKS[runbook]}#${anchor}`;
  return new DashboardLinkBuilder(`Runbook: ${anchor.replaceAll('-', ' ')}`)
    .type(DashboardLinkType.Link)
    .icon('doc')
    .tooltip(place)
    .url(`\${repository}/${place}`)
    .targetBlank(true);
}
