/** Logs with winston as it comes, timestamp and JSON, to standard output. Arguments: lines, transport. */
import { writeSync } from 'node:fs';
import winston from 'winston';
import { LOGGER_NAME, logInTurns, MESSAGE, type Report } from './workload.ts';

const [lines = '0', kind = 'stream'] = process.argv.slice(2);
const transport =
  kind === 'file'
    ? new winston.transports.File({ filename: 'log', dirname: process.env.LOG_FOLDER ?? '.' })
    : new winston.transports.Stream({ stream: process.stdout });
const logger = winston.createLogger({
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  defaultMeta: { name: LOGGER_NAME, process: process.pid },
  transports: [transport],
});
// Its File transport may still be written to when it has been told to end, and loses those lines.
logger.on('error', () => undefined);
const before = performance.now();
await logInTurns(Number(lines), (fields) => logger.info(MESSAGE, { data: fields }));
const finished = new Promise((resolve) => transport.once('finish', resolve));
logger.end();
await finished;
const report: Report = { seconds: (performance.now() - before) / 1000 };
writeSync(3, JSON.stringify(report));
