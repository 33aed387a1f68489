import { booleanSetting, portSetting, readSettings } from '@quay-observability/quay-config';
import { startRegistry } from './start-registry.ts';

const { port, adminPort, tellPulls } = readSettings(process.env, {
  port: portSetting('LISTEN_PORT', { help: 'Port of the registry; 0 picks a free one.', default: 5000 }),
  adminPort: portSetting('ADMIN_PORT', { help: 'Port of /metrics; 0 picks a free one.', default: 9180 }),
  tellPulls: booleanSetting('TELL_PULLS', { help: 'Print each successful pull.', default: false }),
});
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const registry = await startRegistry({
  port,
  adminPort,
  onProblem: (message, error) => void process.stderr.write(`${message} ${String(error)}\n`),
  // A real registry would hand them to a queue: the answer is not kept waiting, but the event loop would be.
  ...(tellPulls ? { trackPull: (pull) => tell(JSON.stringify({ pull })) } : {}),
});
tell(`registry: ${registry.url}`);
tell(`metrics:  ${registry.adminUrl}/metrics`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void registry.stop().then(() => process.exit(0)));
