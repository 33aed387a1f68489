/** Matchers of the dashboard's variables. */
export const CHOSEN_PROCESSES = 'process_name=~"$process_name"';
export const CHOSEN_CAPABILITIES = 'capability=~"$capability"';
export const CHOSEN_RUNTIMES = 'runtime=~"$runtime"';
