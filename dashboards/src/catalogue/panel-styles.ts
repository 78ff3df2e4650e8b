import {
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import { VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { ClickHouseQuery, DATASOURCE } from './clickhouse-query.js';

/** What every panel states. */
export interface PanelText {
  /** Stable number, unique in the dashboard; links to a panel contain it. */
  readonly id: number;
  readonly title: string;
  /** What is shown, how it was computed, and what an empty panel means. */
  readonly description: string;
}

/** Place on Grafana's grid of 24 columns. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Points of different lines rarely share a time, and Grafana then puts nulls between a line's points. Lines are drawn
 * across gaps up to this length, ms: verdicts are written at least every 5 minutes, so a longer gap is a real one.
 */
export const VERDICT_GAP_MS = 600_000;

/** Color steps: `base` below the first bound, then each color from its bound upwards. */
export function steps(
  base: string,
  ...bounds: readonly (readonly [from: number, color: string])[]
): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...bounds.map(([value, color]) => ({ value, color }))]);
}

/** Shows the given values as text in a color. */
export function valueColors(
  texts: Readonly<Record<string, { readonly text: string; readonly color: string }>>,
): ValueMapping[] {
  const options = Object.entries(texts).map(
    ([value, result], index) => [value, { ...result, index }] as const,
  );
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

/** A table column whose cells take the color of their value's mapping. */
export function coloredColumn(mappings: ValueMapping[], width: number): DynamicConfigValue[] {
  return [
    { id: 'mappings', value: mappings },
    { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
    { id: 'custom.width', value: width },
  ];
}

/** A table column in a unit of Grafana's list. */
export function unitColumn(unit: string, decimals?: number): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
  ];
}

/** One number. */
export function statPanel(text: PanelText, size: PanelSize, unit: string, rawSql: string): StatBuilder {
  return new StatBuilder()
    .id(text.id)
    .title(text.title)
    .description(text.description)
    .datasource(DATASOURCE)
    .span(size.width)
    .height(size.height)
    .unit(unit)
    .withTarget(ClickHouseQuery.table(rawSql));
}

/** Rows and columns. */
export function tablePanel(text: PanelText, size: PanelSize, rawSql: string): TableBuilder {
  return new TableBuilder()
    .id(text.id)
    .title(text.title)
    .description(text.description)
    .datasource(DATASOURCE)
    .span(size.width)
    .height(size.height)
    .unit('none')
    .filterable(true)
    .withTarget(ClickHouseQuery.table(rawSql));
}

/** Lines over time. Lines are named by `name`, which may use `${__field.labels.…}`. */
export function linesPanel(
  text: PanelText,
  size: PanelSize,
  unit: string,
  name: string,
  rawSql: string,
): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .id(text.id)
    .title(text.title)
    .description(text.description)
    .datasource(DATASOURCE)
    .span(size.width)
    .height(size.height)
    .unit(unit)
    .displayName(name)
    .fillOpacity(5)
    .lineInterpolation(LineInterpolation.Linear)
    .showPoints(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .withTarget(ClickHouseQuery.timeSeries(rawSql));
}
