import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** What to do, from the root of the repository. */
export const RUNBOOK = 'docs/runbooks/m1.md';

/** The sections of the runbook that panels point at, by anchor. */
export type RunbookSection =
  | 'alerts'
  | 'fail-closed-decisions'
  | 'last-known-good'
  | 'move-a-capability'
  | 'move-it-back'
  | 'propagation-slow'
  | 'refused-changes'
  | 'snapshot-refused'
  | 'snapshot-too-old'
  | 'versions-differ'
  | 'what-can-be-away'
  | 'worker-with-two-owners'
  | 'worker-without-an-owner';

/** A link to the runbook where the operator's variable `repository` says that the repository is browsed. */
export function runbookLink(section: RunbookSection): DashboardLinkBuilder {
  return new DashboardLinkBuilder(`Runbook: ${section.replaceAll('-', ' ')}`)
    .type(DashboardLinkType.Link)
    .icon('doc')
    .tooltip(`${RUNBOOK}#${section}`)
    .url(`\${repository}/${RUNBOOK}#${section}`)
    .targetBlank(true);
}
