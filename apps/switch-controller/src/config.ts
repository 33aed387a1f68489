import {
  choiceSetting,
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  urlSetting,
  type Setting,
  type SettingsOf,
} from '@quay-observability/quay-config';
import { parseAdminTokens, type AdminToken } from './auth/admin-tokens.ts';

/** Settings of this app, by environment variable; README.md has them as a table. */
export const controllerSettings = {
  listenHost: stringSetting('LISTEN_HOST', { help: 'Address of the public listener.', default: '127.0.0.1' }),
  listenPort: portSetting('LISTEN_PORT', {
    help: 'Port of the public listener; 0 picks a free one.',
    default: 8081,
  }),
  maxConnections: integerSetting('MAX_CONNECTIONS', {
    help: 'Most connections at a time; further ones are closed. A process that polls holds one.',
    default: 4096,
    min: 10,
    max: 100_000,
  }),
  store: choiceSetting('SWITCH_STORE', {
    help: 'What is the truth: Redis (`USER_EVENTS_REDIS`), changed through the API; or the file of `SWITCH_FILE`, changed by whoever writes it.',
    choices: ['redis', 'file'],
    default: 'redis',
  }),
  file: stringSetting('SWITCH_FILE', {
    help: "With `SWITCH_STORE=file`: YAML or JSON of a snapshot, or Quay's `config.yaml` with it under `MIGRATION_SWITCHES`.",
    default: undefined,
  }),
  seedDelaySeconds: durationSecondsSetting('SWITCH_SEED_DELAY_SECONDS', {
    help: "How long Redis must have been empty before it gets the environment's switches: time for a replica that knows better. Longer than one takes to connect again (5 s).",
    default: 7,
    max: 300,
  }),
  adminTokens: tokensSetting('SWITCH_ADMIN_TOKENS', {
    help: 'Who may change owners: `name:token,name:token`, tokens of 16 characters or more. Without any, nobody may. A secret.',
  }),
  adminTokensFile: stringSetting('SWITCH_ADMIN_TOKENS_FILE', {
    help: 'The same in a file, a line each or separated by commas; read at the start.',
    default: undefined,
  }),
  prometheusUrl: bareUrlSetting('PROMETHEUS_URL', {
    help: 'Prometheus to ask for decisions per second, for the console; without credentials.',
  }),
};

export type ControllerSettings = SettingsOf<typeof controllerSettings>;

/** Tokens and their names; never shown, neither in a fault nor in the documentation. */
function tokensSetting(name: string, { help }: { help: string }): Setting<readonly AdminToken[]> {
  return {
    ...stringSetting(name, { help }),
    kind: 'names and tokens',
    defaultText: 'none',
    read: parseAdminTokens,
    absent: { value: [] },
  };
}

/** Credentials in a URL would end up in messages. */
function bareUrlSetting(name: string, { help }: { help: string }): Setting<string | undefined> {
  const url = urlSetting(name, { help, default: undefined });
  return {
    ...url,
    read: (text) => {
      const reading = url.read(text);
      if (!('value' in reading) || reading.value === undefined) return reading;
      const { username, password, search, hash } = new URL(reading.value);
      if (username + password + search + hash === '') return reading;
      return { problem: 'expected a URL without credentials, query and fragment' };
    },
  };
}
