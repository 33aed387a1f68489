import { readSharedKey } from '@quay-observability/jwt';
import {
  choiceSetting,
  ConfigError,
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  urlSetting,
  type ConfigFault,
  type QuayConfig,
  type Setting,
  type SettingsOf,
} from '@quay-observability/quay-config';

/** Settings of the gateway to Clair, by environment variable; README.md has them as a table. */
export const secscanSettings = {
  secscanHost: stringSetting('SECSCAN_LISTEN_HOST', {
    help: 'Address of the listener that stands in the place of Clair.',
    default: '127.0.0.1',
  }),
  secscanPort: portSetting('SECSCAN_LISTEN_PORT', {
    help: 'Port of the listener that stands in the place of Clair; 0 picks a free one. Without it there is none.',
    default: undefined,
  }),
  secscanUpstreamUrl: clairOriginSetting('SECSCAN_UPSTREAM_URL', {
    help: 'Origin of the real Clair: scheme, host and port, no path; required with SECSCAN_LISTEN_PORT.',
  }),
  secscanJwt: choiceSetting('SECSCAN_JWT', {
    help: "`pass`: the token of a call goes to Clair as it is. `resign`: it is verified with Quay's SECURITY_SCANNER_V4_PSK, and Clair gets one signed with SECSCAN_UPSTREAM_PSK.",
    choices: ['pass', 'resign'],
    default: 'pass',
  }),
  secscanUpstreamPsk: sharedKeySetting('SECSCAN_UPSTREAM_PSK', {
    help: 'The pre-shared key of the real Clair, base64; required with SECSCAN_JWT=resign. A secret.',
  }),
  secscanMaxRequests: integerSetting('SECSCAN_MAX_CONCURRENT_REQUESTS', {
    help: 'Most calls to Clair at a time; further ones get a 503.',
    default: 256,
    min: 1,
    max: 100_000,
  }),
  secscanConnectSeconds: durationSecondsSetting('SECSCAN_CONNECT_TIMEOUT_SECONDS', {
    help: 'For a connection to Clair.',
    default: 5,
    min: 0.1,
  }),
  secscanAnswerSeconds: durationSecondsSetting('SECSCAN_ANSWER_TIMEOUT_SECONDS', {
    help: 'Until Clair answers; it answers when it has indexed the image. Longer than Quay waits (600 s), so that Quay decides.',
    default: 630,
    min: 0.1,
  }),
  secscanBodySeconds: durationSecondsSetting('SECSCAN_BODY_TIMEOUT_SECONDS', {
    help: 'Longest silence of Clair in the middle of an answer to a GET (to anything else: SECSCAN_ANSWER_TIMEOUT_SECONDS), and of a client that is to send or to read.',
    default: 120,
    min: 0.1,
  }),
  secscanQueueSize: integerSetting('SECSCAN_LOOKUP_QUEUE_SIZE', {
    help: 'Most layers and manifests whose look-up waits for the database, some 200 bytes each; further ones are counted as lost.',
    default: 50_000,
    min: 1,
    max: 10_000_000,
  }),
  secscanRememberSeconds: integerSetting('SECSCAN_RESULT_REMEMBER_SECONDS', {
    help: 'How long Redis remembers that the first result of a manifest has been counted; Quay writes it down within seconds.',
    default: 604_800,
    min: 60,
    max: 31_536_000,
  }),
};

export type SecscanSettings = SettingsOf<typeof secscanSettings>;

/** What becomes of the tokens of calls. */
export type TokenPlan =
  | { readonly kind: 'pass' }
  | { readonly kind: 'resign'; readonly ownKey: Uint8Array; readonly upstreamKey: Uint8Array };

/** Not `SECSCAN_JWT=resign`: a log line takes what follows for a token. */
const TO_RESIGN = 'the choice `resign` of SECSCAN_JWT';

/** What the gateway needs to be there at all. */
export type SecscanPlan = { readonly port: number; readonly upstreamUrl: string; readonly tokens: TokenPlan };

/**
 * How Clair is to be stood in for; undefined if it is not.
 *
 * @throws ConfigError (`CONFIG_INVALID`) if something that this needs is missing.
 */
export function planSecscan(
  settings: SecscanSettings,
  { psk }: Pick<QuayConfig['securityScanner'], 'psk'>,
): SecscanPlan | undefined {
  const { secscanPort: port, secscanUpstreamUrl: upstreamUrl } = settings;
  if (port === undefined) return undefined;
  const faults: ConfigFault[] = [];
  const missing = (key: string, needed: string): void => {
    faults.push({
      key,
      source: `environment variable ${key}`,
      problem: `is required with ${needed} and not set`,
    });
  };
  if (upstreamUrl === undefined) missing('SECSCAN_UPSTREAM_URL', 'SECSCAN_LISTEN_PORT');
  if (settings.secscanJwt === 'pass') {
    if (upstreamUrl === undefined) throw new ConfigError(faults);
    return { port, upstreamUrl, tokens: { kind: 'pass' } };
  }
  const upstreamKey = settings.secscanUpstreamPsk;
  const ownKey = psk === undefined ? undefined : readSharedKey(psk);
  if (upstreamKey === undefined) missing('SECSCAN_UPSTREAM_PSK', TO_RESIGN);
  if (ownKey === undefined)
    faults.push({
      key: 'SECURITY_SCANNER_V4_PSK',
      source: "Quay's configuration",
      problem: psk === undefined ? `is required with ${TO_RESIGN} and not set` : 'expected base64',
    });
  if (upstreamUrl === undefined || upstreamKey === undefined || ownKey === undefined)
    throw new ConfigError(faults);
  return { port, upstreamUrl, tokens: { kind: 'resign', ownKey, upstreamKey } };
}

/** A URL that is nothing but scheme, host and port. */
function clairOriginSetting(name: string, { help }: { help: string }): Setting<string | undefined> {
  const url = urlSetting(name, { help, default: undefined });
  return {
    ...url,
    read: (text) => {
      const reading = url.read(text);
      if (!('value' in reading)) return reading;
      const { origin, href } = new URL(text);
      if (href !== `${origin}/`)
        return { problem: 'expected only scheme, host and port, as in http://clair:6060' };
      return { value: origin };
    },
  };
}

/** Never shown, neither in a fault nor in the documentation. */
function sharedKeySetting(name: string, { help }: { help: string }): Setting<Uint8Array | undefined> {
  return {
    name,
    help,
    kind: 'base64',
    defaultText: 'none',
    read: (text) => {
      const value = readSharedKey(text);
      return value === undefined ? { problem: 'expected base64' } : { value };
    },
    absent: { value: undefined },
  };
}
