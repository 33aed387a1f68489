/**
 * What `npm start`, `npm test` and `npm run affected` begin with. Only looks whether this Node can run
 * the rest, so it is written for the oldest one that somebody may still have.
 */
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 20 || (major === 20 && minor >= 11)) {
  import('./set-up-and-run.mjs');
} else {
  process.stderr.write(
    `This needs Node 20.11 or newer to begin with, and ${process.execPath} is Node ${process.versions.node}.\n` +
      'Install a newer one (https://nodejs.org) and try again; Node 24, which runs the rest, then comes from npm.\n',
  );
  process.exitCode = 1;
}
