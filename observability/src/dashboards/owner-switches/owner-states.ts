import { namedStates } from '../../grafana/states.ts';

/** Owners as numbers, since a state timeline shows one series per capability. */
export const OWNER_STATES = namedStates([
  { value: 0, text: 'python', color: 'blue' },
  { value: 1, text: 'go', color: 'green' },
  { value: 2, text: 'off', color: 'text' },
]);

/** The owner of each capability that the matcher takes in, as one of {@link OWNER_STATES}. */
export function ownerStates(matcher: string): string {
  const owned = (owner: string, state: string): string =>
    `max by (capability) (${state} * (quay_switch_capability_owner{owner="${owner}", ${matcher}} == 1))`;
  return [owned('go', '1'), owned('off', '2'), owned('python', '0')].join('\nor\n');
}
