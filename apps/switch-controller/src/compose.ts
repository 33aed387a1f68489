import type { Environment } from '@quay-observability/quay-config';
import { defineApp } from '@quay-observability/service';
import { createBoard } from './board.ts';
import { controllerSettings } from './config.ts';
import { createController } from './create-controller.ts';
import { createFeed } from './create-feed.ts';
import { CONTROLLER_LABEL_VALUES } from './metrics.ts';
import { readAdminTokens } from './read-admin-tokens.ts';

/** The app as `runService` runs it. The environment's owner switches are what an empty store begins with. */
export function switchController({ env, pid }: { env: Environment; pid: number }) {
  return defineApp({
    app: 'switch-controller',
    adminPort: 9101,
    settings: controllerSettings,
    knownLabelValues: () => CONTROLLER_LABEL_VALUES,
    compose: (context) => {
      const { config, settings, metrics, publicHttp, log } = context;
      // What is published is served without it.
      const redis = context.connectRedis('userEvents', { required: false });
      const board = createBoard();
      const feed = createFeed({
        settings,
        env,
        redis,
        redisSettings: config.redis.userEvents,
        board,
        log: log.child('store'),
      });
      const controller = createController({
        settings,
        library: config.library,
        tokens: readAdminTokens(settings),
        board,
        feed,
        redis,
        metrics,
        publicHttp,
        follow: context.followOwnerSwitches,
        pid,
        log,
      });
      context.addReadinessCheck({
        name: 'snapshot',
        required: true,
        check: () =>
          board.published() === undefined
            ? Promise.reject(new Error(`there is none yet: ${feed.trouble() ?? 'it has not been read'}`))
            : Promise.resolve(),
      });
      context.addReadinessCheck({
        name: 'store',
        required: false,
        check: () => {
          const trouble = feed.trouble();
          return trouble === undefined ? Promise.resolve() : Promise.reject(new Error(trouble));
        },
      });
      return { start: controller.start, stop: controller.stop, publicUrl: controller.url };
    },
  });
}
