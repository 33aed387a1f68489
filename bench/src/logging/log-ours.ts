/** Logs with `libs/logging` to standard output. Arguments: lines, `json` or `text`. */
import { writeSync } from 'node:fs';
import { createLogger } from '@quay-observability/logging';
import { LOGGER_NAME, logInTurns, MESSAGE, type Report } from './workload.ts';

const [lines = '0', format = 'json'] = process.argv.slice(2);
const logger = createLogger({ name: LOGGER_NAME, json: format === 'json', debug: false });
const before = performance.now();
await logInTurns(Number(lines), (fields) => logger.info(MESSAGE, fields));
await logger.flush();
const report: Report = { seconds: (performance.now() - before) / 1000 };
writeSync(3, JSON.stringify(report));
