import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** Green below the bound, red from there on. */
export function redFrom(bound: number): ThresholdsConfigBuilder {
  return steps([
    [null, 'green'],
    [bound, 'red'],
  ]);
}

/** Red below the bound, green from there on. */
export function greenFrom(bound: number): ThresholdsConfigBuilder {
  return steps([
    [null, 'red'],
    [bound, 'green'],
  ]);
}

/** No value is better than another. */
export function plain(): ThresholdsConfigBuilder {
  return steps([[null, 'blue']]);
}

function steps(bounds: readonly (readonly [number | null, string])[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(bounds.map(([value, color]) => ({ value, color })));
}
