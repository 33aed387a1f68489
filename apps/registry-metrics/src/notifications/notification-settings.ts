import {
  ConfigError,
  integerSetting,
  portSetting,
  stringSetting,
  type SettingsOf,
} from '@quay-observability/quay-config';
import { bearerTokensSetting } from '@quay-observability/service';

/** Settings of the listener that takes the events of registries. */
export const notificationSettings = {
  notificationsHost: stringSetting('NOTIFICATIONS_LISTEN_HOST', {
    help: 'Address of the listener for events of registries.',
    default: '127.0.0.1',
  }),
  notificationsPort: portSetting('NOTIFICATIONS_LISTEN_PORT', {
    help: 'Port of the listener for events of registries; 0 picks a free one. Without it there is none.',
    default: undefined,
  }),
  notificationsTokens: bearerTokensSetting('NOTIFICATIONS_TOKENS', {
    help: 'Bearer tokens that registries send with their events, separated by commas, 16 characters or more each; required with NOTIFICATIONS_LISTEN_PORT. A secret.',
  }),
  notificationsMaxBodyBytes: integerSetting('NOTIFICATIONS_MAX_BODY_BYTES', {
    help: 'Most bytes of an envelope. A registry sends one that is refused again and again, and the later ones wait.',
    default: 4_194_304,
    min: 65_536,
    max: 67_108_864,
  }),
  notificationsMaxEvents: integerSetting('NOTIFICATIONS_MAX_EVENTS', {
    help: 'Most events of an envelope; distribution sends one.',
    default: 1000,
    min: 1,
    max: 5000,
  }),
  notificationsRememberSeconds: integerSetting('NOTIFICATIONS_REMEMBER_SECONDS', {
    help: 'How long the id of a counted event is remembered, here and in Redis.',
    default: 3600,
    min: 60,
    max: 604_800,
  }),
  notificationsRememberedEvents: integerSetting('NOTIFICATIONS_REMEMBERED_EVENTS', {
    help: 'Most ids of counted events that the process remembers, some 200 bytes each.',
    default: 100_000,
    min: 1000,
    max: 10_000_000,
  }),
};

export type NotificationSettings = SettingsOf<typeof notificationSettings>;

/**
 * Whether events are to be taken.
 *
 * @throws ConfigError (`CONFIG_INVALID`) if they are, and nobody could prove that he may send them.
 */
export function takesNotifications({
  notificationsPort,
  notificationsTokens,
}: Pick<NotificationSettings, 'notificationsPort' | 'notificationsTokens'>): boolean {
  if (notificationsPort === undefined) return false;
  if (notificationsTokens.length > 0) return true;
  const key = 'NOTIFICATIONS_TOKENS';
  const problem = 'is required with NOTIFICATIONS_LISTEN_PORT and not set';
  throw new ConfigError([{ key, source: `environment variable ${key}`, problem }]);
}
