import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

/** Names and colours of numbers that stand for states. */
export function namedStates(
  states: readonly { value: number; text: string; color: string }[],
): ValueMapping[] {
  const options = Object.fromEntries(
    states.map(({ value, text, color }, index) => [String(value), { text, color, index }]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

/** One name for all numbers from `from` on. */
export function stateFrom(from: number, text: string, color: string): ValueMapping {
  return { type: MappingType.RangeToText, options: { from, to: null, result: { text, color, index: from } } };
}
