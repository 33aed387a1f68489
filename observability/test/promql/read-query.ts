import { parser } from '@prometheus-io/lezer-promql';

/** A selector of a query: the metric, its matchers, and the functions and aggregations around it, outermost first. */
export type Selector = {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
  around: string[];
};

/** The selectors of a PromQL query. Throws if Prometheus' own grammar does not accept it. */
export function readQuery(query: string): Selector[] {
  const selectors: Selector[] = [];
  const around: string[] = [];
  const text = (node: { from: number; to: number }): string => query.slice(node.from, node.to);
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`no PromQL at character ${node.from}: ${query}`);
      const { name } = node;
      if (name === 'FunctionCall' || name === 'AggregateExpr') {
        // `sum by (a) (...)`: what comes before the first blank or bracket is the name.
        around.push(/^\w+/.exec(text(node))?.[0] ?? '');
      } else if (name === 'SubqueryExpr') around.push('subquery');
      else if (name === 'VectorSelector') selectors.push({ metric: '', matchers: [], around: [...around] });
      const selector = selectors.at(-1);
      if (selector === undefined) return;
      if (name === 'Identifier' && node.node.parent?.name === 'VectorSelector') selector.metric = text(node);
      if (name.endsWith('LabelMatcher')) selector.matchers.push(readMatcher(text(node)));
    },
    leave: ({ name }) => {
      if (['FunctionCall', 'AggregateExpr', 'SubqueryExpr'].includes(name)) around.pop();
    },
  });
  return selectors;
}

function readMatcher(text: string): Selector['matchers'][number] {
  const { label, operator, value } = /^(?<label>\w+)\s*(?<operator>=~|!~|!=|=)\s*"(?<value>.*)"$/.exec(text)
    ?.groups as Record<'label' | 'operator' | 'value', string>;
  return { label, operator, value };
}
