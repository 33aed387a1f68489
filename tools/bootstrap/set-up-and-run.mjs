/**
 * On a fresh clone nothing is installed and Node may be an older one (20.11 is enough for this file), so
 * this uses nothing but Node's own modules: it installs the packages of the lock file and the servers the
 * command needs, then hands over to the Node 24 among the packages.
 */
import { join } from 'node:path';
import { handOver } from './hand-over.mjs';
import { interruptible } from './interruption.mjs';
import { ensurePackages } from './npm-packages.mjs';
import { ensureSystemPrograms } from './system-programs.mjs';

const HERE = import.meta.dirname;
const [command, ...args] = process.argv.slice(2);

const commands = {
  start: {
    programs: 'start',
    run: ['--conditions=@quay-observability/source', join(HERE, '../local-stack/src/main.ts')],
  },
  test: { programs: 'test', run: [join(HERE, 'run-all-tests.mjs')] },
  affected: { programs: 'test', run: [join(HERE, 'run-affected.mjs')] },
};

const chosen = commands[command];
if (chosen === undefined) {
  process.stderr.write(
    `usage: node tools/bootstrap/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]\n`,
  );
  process.exit(2);
}

try {
  await interruptible(async () => {
    await ensurePackages();
    const onlyAsking = args.includes('--help') || args.includes('-h');
    if (!onlyAsking) await ensureSystemPrograms(chosen.programs);
  });
  process.exitCode = await handOver([...chosen.run, ...args]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode ?? 1;
}
