/**
 * The `build` target of every app: `node tools/deployable/assemble.mjs apps/<app> [folder]` makes
 * `dist/apps/<app>` (or the given folder) from the compiled workspace.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assemble } from './src/assemble.ts';

const workspace = join(import.meta.dirname, '../..');
const app = process.argv[2]?.replace(/\/$/, '');
if (app === undefined || !existsSync(join(workspace, app, 'package.json'))) {
  process.stderr.write('usage: node tools/deployable/assemble.mjs apps/<app> [folder]\n');
  process.exit(2);
}

try {
  const { folder, ownPackages, outsidePackages } = assemble({
    workspace,
    app,
    folder: process.argv[3] === undefined ? join(workspace, 'dist', app) : resolve(process.argv[3]),
  });
  process.stdout.write(
    `${folder}: ${ownPackages} packages of the workspace, ${outsidePackages} from outside; start it with: node main.js\n`,
  );
} catch (error) {
  process.stderr.write(`${app} cannot be assembled: ${error.message}\n`);
  process.exit(1);
}
