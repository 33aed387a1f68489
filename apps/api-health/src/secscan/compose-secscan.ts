import type { Database } from '@quay-observability/database';
import type { AppContext, OwnerSwitches } from '@quay-observability/service';
import type { apiHealthSettings } from '../config.ts';
import { createSecscanGateway, type SecscanGateway } from './create-secscan-gateway.ts';
import { planSecscan } from './secscan-settings.ts';

type SecscanContext = Pick<
  AppContext<'api-health', typeof apiHealthSettings>,
  'config' | 'settings' | 'metrics' | 'log' | 'observeListener' | 'addReadinessCheck' | 'connectRedis'
>;

/** The gateway to Clair, if the settings want one. Clair and the Redis of its claims may be away: the calls of Quay go on. */
export function composeSecscan(
  context: SecscanContext,
  { database, switches }: { database: Database | undefined; switches: OwnerSwitches },
): SecscanGateway | undefined {
  const plan = planSecscan(context.settings, context.config.securityScanner);
  if (plan === undefined) {
    if (context.settings.secscanUpstreamUrl !== undefined)
      context.log.warning(
        'There is no gateway to Clair: SECSCAN_UPSTREAM_URL is set, but not SECSCAN_LISTEN_PORT.',
      );
    return undefined;
  }
  const observer = context.observeListener('secscan');
  const gateway = createSecscanGateway({
    plan,
    settings: context.settings,
    fastPath: context.settings.fastPath,
    metrics: context.metrics,
    log: context.log.child('secscan'),
    database,
    redis: context.connectRedis('userEvents', { required: false, maxBackoffMs: 1000 }),
    switches,
    requestArrived: (method) => observer.arrived(method),
  });
  context.addReadinessCheck({ name: 'clair', required: false, check: gateway.check });
  return {
    ...gateway,
    listen: async () => {
      await gateway.listen();
      context.log.info('The gateway to Clair listens.', { url: gateway.url(), upstream: plan.upstreamUrl });
    },
  };
}
