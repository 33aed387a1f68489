/** One log call, made in Python and here. */
export type ParityCase = {
  title: string;
  json: boolean;
  level: 'debug' | 'info' | 'warning' | 'error' | 'critical';
  name: string;
  message: string;
  fields: Record<string, unknown>;
  /** A date field: year, month (1 to 12), day, hour, minute, second, in UTC. */
  date?: [number, number, number, number, number, number];
  /** The text of an error in a nested field. */
  error_text?: string;
  /** The text of an exception that is thrown, caught and logged. */
  fails?: string;
};

type Call = Omit<ParityCase, 'title' | 'json'>;
const plain: Call = { level: 'info', name: 'endpoints.v2.manifest', message: 'Manifest served', fields: {} };

const calls: Record<string, Call> = {
  'no fields': plain,
  debug: { ...plain, level: 'debug' },
  warning: { ...plain, level: 'warning' },
  error: { ...plain, level: 'error' },
  critical: { ...plain, level: 'critical' },
  'plain fields': {
    ...plain,
    fields: { repository: 'quay/clair', status: 200, ok: true, none: null, ratio: 0.25, negative: -3 },
  },
  'nested fields': {
    ...plain,
    fields: { body: { list: [1, 'two', [], {}], deep: { er: { still: false } } } },
  },
  'quotes and backslashes': { ...plain, message: 'say "hi" \\ there', fields: { text: '"\\/\b\f\t' } },
  'beyond ASCII': { ...plain, message: 'é 漢字 😀', fields: { clé: 'ü\u2028\u007f' } },
  'a line break in a field': { ...plain, fields: { text: 'a\nb' } },
  'a date': { ...plain, fields: { n: 1 }, date: [2026, 2, 16, 10, 11, 12] },
  'an error in a field': { ...plain, error_text: 'cannot read' },
  'an exception': { ...plain, level: 'error', fields: { n: 1 }, fails: 'boom' },
};

export const PARITY_CASES: readonly ParityCase[] = Object.entries(calls).flatMap(([title, call]) => [
  { title: `${title}, JSON`, json: true, ...call },
  { title: `${title}, text`, json: false, ...call },
]);
