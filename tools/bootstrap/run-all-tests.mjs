/**
 * `npm test [-- --projects a,b] [nx options]`: runs the tests of all projects (or of some), says what
 * failed, and ends with the line `N passed, N failed`. Every test really runs: Nx shares its cache between
 * checkouts of a machine, and a result from another day says nothing about the servers of today.
 */
import { nx, projectFolders } from './nx.mjs';
import { WORKSPACE } from './npm-packages.mjs';
import { addUp, forgetResults, report } from './test-summary.mjs';

const given = process.argv.slice(2);
const args = given.filter((option) => option !== '--cached');
if (args.length === given.length) args.push('--skip-nx-cache');
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(`npm test                                all tests
npm test -- --projects redis,database   those of some projects
npm test -- --cached                    takes the results of those whose inputs have not changed
Other options are those of nx run-many. The last line is always "N passed, N failed".
`);
  process.exit(0);
}

const folders = await projectFolders('test', projectFilter(args));
forgetResults(WORKSPACE, folders);
const { code } = await nx(['run-many', '-t', 'test', '--parallel=2', '--output-style=static', ...args]);
const total = addUp(WORKSPACE, folders);
if (code !== 0 && total.failed === 0) {
  total.failed += 1;
  total.failures.push({ folder: '.', name: 'nx', message: `ended with code ${code}` });
}
process.stdout.write(`\n${report(total)}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** The part of the arguments that says which projects; nx takes it in both commands. */
function projectFilter(options) {
  return options.flatMap((option, index) => {
    const [name, value] = option.split('=', 2);
    if (!['--projects', '-p', '--exclude'].includes(name)) return [];
    return [`${name === '-p' ? '--projects' : name}=${value ?? options[index + 1] ?? ''}`];
  });
}
