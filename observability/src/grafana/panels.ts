import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel, ThresholdsConfigBuilder, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { runbookLink, type RunbookSection } from '../runbook.ts';
import { DATASOURCE, toTargets, type Query } from './query.ts';
import { plain } from './thresholds.ts';

/** What every panel has. */
export type PanelOptions = {
  title: string;
  /** What is shown, what is right, and what to think of anything else. */
  description: string;
  queries: readonly Query[];
  runbook: RunbookSection;
  /** Width in 24ths of the dashboard. */
  width: number;
  /** Height in Grafana's grid rows. */
  height: number;
  /** Grafana's name of the unit, `none` for plain numbers. */
  unit: string;
};

/** A panel of the SDK, built. */
export type PanelSource = { build(): Panel };

/** One number: the last one. */
export function stat(options: PanelOptions & { thresholds?: ThresholdsConfigBuilder }): PanelSource {
  return describe(new StatPanel(), options)
    .unit(options.unit)
    .thresholds(options.thresholds ?? plain())
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None);
}

/** A bar per series, coloured by state. */
export function stateTimeline(options: PanelOptions & { states: readonly ValueMapping[] }): PanelSource {
  return describe(new StateTimelinePanel(), options)
    .unit(options.unit)
    .thresholds(plain())
    .mappings([...options.states])
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .rowHeight(0.9)
    .fillOpacity(80)
    .legend(listLegend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
}

/** Lines over time. */
export function timeSeries(
  options: PanelOptions & {
    /** A dashed line where it becomes too much. */
    thresholds?: ThresholdsConfigBuilder;
    stacked?: boolean;
    /** For what stays until it jumps. */
    stepped?: boolean;
    /** For rare events, a bar each. */
    bars?: boolean;
  },
): PanelSource {
  const panel = describe(new TimeSeriesPanel(), options)
    .unit(options.unit)
    .min(0)
    .lineInterpolation(options.stepped === true ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .drawStyle(options.bars === true ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(options.bars === true ? 80 : options.stacked === true ? 30 : 0)
    .showPoints(VisibilityMode.Never)
    .stacking(
      new StackingConfigBuilder().mode(options.stacked === true ? StackingMode.Normal : StackingMode.None),
    )
    .legend(listLegend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (options.thresholds === undefined) return panel.thresholds(plain());
  return panel
    .thresholds(options.thresholds)
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

/** What every kind of panel of the SDK can do; each is a class of its own there. */
type AnyPanel<P> = {
  title(title: string): P;
  description(description: string): P;
  datasource(datasource: typeof DATASOURCE): P;
  targets(targets: ReturnType<typeof toTargets>): P;
  links(links: ReturnType<typeof runbookLink>[]): P;
  span(width: number): P;
  height(height: number): P;
};

/** Gives a new panel what every panel has. */
export function describe<P extends AnyPanel<P>>(panel: P, options: PanelOptions): P {
  return panel
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .targets(toTargets(options.queries))
    .links([runbookLink(options.runbook)])
    .span(options.width)
    .height(options.height);
}

function listLegend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
}
