import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './query.ts';

/** A mark wherever owners have changed. */
export function publishedChanges(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Changes')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('purple')
    .expr('sum by (outcome) (increase(quay_switch_changes_total{outcome=~"published|rolled_back"}[1m])) > 0');
}
