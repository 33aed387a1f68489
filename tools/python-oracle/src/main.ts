/**
 * Compares both runtimes the real way and prints what differs. Exit code 1 on any difference.
 * Run it as `npx nx run python-oracle:parity`.
 */
import { checkParity } from './check-parity.ts';
import { storeRuntimes } from './stored-runtimes.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

print('Python pushes to a Pushgateway, the new runtime is scraped, Prometheus stores both ...');
const stored = await storeRuntimes();
try {
  const rows = await checkParity(stored);
  print(
    ['prometheus_client', 'app', 'metrics', 'samples', 'differences']
      .map((title) => title.padEnd(20))
      .join(''),
  );
  for (const { client, app, metrics, samples, differences } of rows) {
    print(
      [client, app, metrics, samples, differences.length].map((cell) => String(cell).padEnd(20)).join(''),
    );
  }
  for (const { client, app, differences } of rows) {
    for (const { message } of differences) print(`${app} (prometheus_client ${client}): ${message}`);
  }
  process.exitCode = rows.some(({ differences }) => differences.length > 0) ? 1 : 0;
} finally {
  await stored.stop();
}
