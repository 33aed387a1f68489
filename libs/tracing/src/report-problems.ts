/** Takes a line for the log. The fields never hold a secret. */
export type ReportLine = (message: string, fields: Record<string, unknown>) => void;

const REPEAT_AFTER_MS = 60_000;
const MOST_REPORTS_PER_PERIOD = 10;

/**
 * Puts a limit on what the libraries below have to say: the same text once a minute, ten lines a minute
 * in all, and how many were held back with the next one. `secret` is taken out of every text.
 */
export function limitReports(
  report: ReportLine,
  secret: string | undefined,
  now: () => number = Date.now,
): ReportLine {
  const clean = (text: string): string =>
    secret === undefined || secret === '' ? text : text.replaceAll(secret, '[FILTERED]');
  let reported = new Set<string>();
  let periodEndsAt = 0;
  let heldBack = 0;
  return (message, fields) => {
    if (now() >= periodEndsAt) {
      reported = new Set();
      periodEndsAt = now() + REPEAT_AFTER_MS;
    }
    const text = clean(message);
    if (reported.has(text) || reported.size >= MOST_REPORTS_PER_PERIOD) {
      heldBack++;
      return;
    }
    reported.add(text);
    const cleaned = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value) : value,
    ]);
    const all = Object.fromEntries(cleaned) as Record<string, unknown>;
    if (heldBack > 0) all.heldBack = heldBack;
    heldBack = 0;
    // A log that fails must not reach into the code that is traced.
    try {
      report(text, all);
    } catch {
      heldBack++;
    }
  };
}
