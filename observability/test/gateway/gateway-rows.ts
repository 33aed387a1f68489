/** Rows of the registry's dashboard whose data `gateway.int.test.ts` brings; `registry.int.test.ts` brings all others. */
export const GATEWAY_ROWS: readonly string[] = [
  'Pull tracking',
  'Events of registries',
  'Processes and configuration',
];
