import {
  AdHocVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from '../../grafana/query.ts';

/** Grafana's editor of variables writes this into a query for the values of a label. */
const LABEL_VALUES = 1;

/** What can be chosen above the dashboard. */
export function dashboardVariables(): { build(): VariableModel }[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    labelValues('process_name', 'Process', 'quay_switch_snapshot_age_seconds'),
    labelValues('capability', 'Capability', 'quay_switch_owner_decision_total'),
    labelValues('runtime', 'Runtime', 'quay_registry_image_pulls_total'),
    // For labels that only some installations have: cluster, namespace, host.
    new AdHocVariableBuilder('filters').label('Filters').datasource(DATASOURCE),
    new TextBoxVariableBuilder('repository')
      .label('Repository URL')
      .description('Where this repository can be browsed; links to the runbook begin with it.')
      .defaultValue(''),
  ];
}

/** The values of a label of a metric; several can be chosen, all are at first. */
function labelValues(label: string, title: string, metric: string): QueryVariableBuilder {
  return (
    new QueryVariableBuilder(label)
      .label(title)
      .datasource(DATASOURCE)
      .query({
        qryType: LABEL_VALUES,
        query: `label_values(${metric}, ${label})`,
        refId: `PrometheusVariableQueryEditor-${label}`,
      })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      // Takes in series without the label too.
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] })
  );
}
