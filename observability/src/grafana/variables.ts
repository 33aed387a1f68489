import {
  AdHocVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './query.ts';

/** Grafana's editor of variables writes this into a query for the values of a label. */
const LABEL_VALUES = 1;

/** What can be chosen above a dashboard: the data source, values of labels, any further filter, and where runbooks are. */
export function dashboardVariables(
  values: readonly { label: string; title: string; metric: string }[],
): { build(): VariableModel }[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    ...values.map(labelValues),
    // For labels that only some installations have: cluster, namespace, host.
    new AdHocVariableBuilder('filters').label('Filters').datasource(DATASOURCE),
    new TextBoxVariableBuilder('repository')
      .label('Repository URL')
      .description('Where this repository can be browsed; links to the runbook begin with it.')
      .defaultValue(''),
  ];
}

/** The values of a label of a metric; several can be chosen, all are at first. */
function labelValues(options: { label: string; title: string; metric: string }): QueryVariableBuilder {
  const { label, title, metric } = options;
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
