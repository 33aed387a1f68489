/** A line of the table. */
export type Row = { app: string; url: string; admin: string; state: string };

/** Pulls as counted by the app and as seen by Prometheus; undefined is unknown. */
export type Pulls = { counted: number | undefined; inPrometheus: number | undefined };

const HEADING: Row = { app: 'App', url: 'URL', admin: 'Admin (/metrics, /readyz)', state: 'State' };

/** The table of apps, a line each, with the pull count below. */
export function renderTable(rows: readonly Row[], pulls: Pulls): string[] {
  const all = [HEADING, ...rows];
  const width = (column: keyof Row) => Math.max(...all.map((row) => row[column].length));
  const [app, url, admin] = [width('app'), width('url'), width('admin')];
  return [
    ...all.map(
      (row) => `${row.app.padEnd(app)}  ${row.url.padEnd(url)}  ${row.admin.padEnd(admin)}  ${row.state}`,
    ),
    '',
    renderPulls(pulls),
  ];
}

/** One line about pulls. */
export function renderPulls({ counted, inPrometheus }: Pulls): string {
  const seen = inPrometheus === undefined ? '' : ` (in Prometheus, runtime="go": ${inPrometheus})`;
  return `Image pulls counted by registry-metrics: ${counted ?? 'unknown'}${seen}`;
}
