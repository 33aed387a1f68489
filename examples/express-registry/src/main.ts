import { startRegistry } from './start-registry.ts';

const { REGISTRY_PORT = '5000', ADMIN_PORT = '9180', TRACK_PULLS = '' } = process.env;

const registry = await startRegistry({
  port: Number(REGISTRY_PORT),
  adminPort: Number(ADMIN_PORT),
  onProblem: (message, error) => {
    process.stderr.write(`${message} ${String(error)}\n`);
  },
  ...(TRACK_PULLS === ''
    ? {}
    : { trackPull: (pull) => process.stdout.write(`${JSON.stringify({ pull })}\n`) }),
});
process.stdout.write(`registry: ${registry.url}\nmetrics:  ${registry.adminUrl}/metrics\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void registry.stop().then(() => process.exit(0));
  });
