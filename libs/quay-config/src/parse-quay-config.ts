import { CodedError } from '@quay-observability/coded-errors';
import { ConfigError, type ConfigFault } from './config-error.ts';
import type { ConfigKey } from './config-key.ts';
import { CONFIG_KEYS, type ConfigKeyName, type ConfigValues } from './config-keys.ts';
import { readYaml } from './parse-yaml.ts';
import type { QuayConfig } from './quay-config.ts';
import type { Environment } from './settings/read-settings.ts';
import { shapeConfig, type ConfigOrigin } from './shape-config.ts';

/** A value as it was found, and where. */
type Found = { readonly raw: unknown; readonly source: string };

/** Quay's own variable: JSON whose keys override the file. A variable with a key's name overrides both. */
const OVERRIDES = 'QUAY_OVERRIDE_CONFIG';

/** One reading of the configuration: in its shape, and key by key, so that two readings can be compared. */
export type ConfigReading = {
  readonly config: QuayConfig;
  /** The file's text; empty without a file. */
  readonly text: string;
  readonly values: ConfigValues;
  readonly origin: ConfigOrigin;
};

/** The configuration of a text; throws as {@link readConfigText} does. */
export function parseQuayConfig(
  yamlText: string,
  options: { readonly source: string | undefined; readonly env: Environment },
): QuayConfig {
  return readConfigText(yamlText, options).config;
}

/**
 * Turns the text of Quay's `config.yaml` and the environment into the typed configuration. Unknown keys
 * are ignored, as it is Quay's file; an absent, null or empty value means the default.
 *
 * @throws CodedError `CONFIG_UNREADABLE` if the text is no YAML mapping.
 * @throws ConfigError (`CONFIG_INVALID`) that names every faulty key and its file or variable at once.
 */
export function readConfigText(
  yamlText: string,
  { source, env }: { readonly source: string | undefined; readonly env: Environment },
): ConfigReading {
  const file = source ?? 'no configuration file';
  const faults: ConfigFault[] = [];
  const layers = [
    { source: file, values: parseMapping(yamlText, file) },
    { source: `environment variable ${OVERRIDES}`, values: parseOverrides(env, faults) },
  ];
  const warnings: string[] = [];
  const values: Record<string, unknown> = {};
  const sources = new Map<string, string>();
  for (const [name, key] of Object.entries(CONFIG_KEYS) as [ConfigKeyName, ConfigKey<unknown>][]) {
    let found: Found | undefined;
    for (const layer of layers) {
      if (Object.hasOwn(layer.values, name)) found = { raw: layer.values[name], source: layer.source };
    }
    found = fromVariable(name, key, env, faults) ?? found;
    if (found !== undefined) sources.set(name, found.source);
    values[name] = readKey(name, key, found, faults, warnings);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  const origin = { source, warnings, env, sourceOf: (name: ConfigKeyName) => sources.get(name) ?? file };
  const checked = values as ConfigValues;
  return { config: shapeConfig(checked, origin), text: yamlText, values: checked, origin };
}

function readKey(
  name: string,
  key: ConfigKey<unknown>,
  found: Found | undefined,
  faults: ConfigFault[],
  warnings: string[],
): unknown {
  if (found?.raw === undefined || found.raw === null) return key.fallback;
  const result = key.schema.safeParse(found.raw);
  if (!result.success) {
    if (isNothing(found.raw, key)) return key.fallback;
    const { source } = found;
    faults.push(
      ...result.error.issues.map(({ path, message }) => ({
        key: pathText(name, path),
        source,
        problem: message,
      })),
    );
    return undefined;
  }
  const warning = found.raw === '' ? undefined : key.warning?.(found.raw);
  if (warning !== undefined) warnings.push(warning);
  return result.data;
}

/** What switches a thing off in Python: `""`, and `false` for a key that need not be there at all. */
function isNothing(raw: unknown, key: ConfigKey<unknown>): boolean {
  return raw === '' || (raw === false && key.fallback === undefined);
}

function fromVariable(
  name: string,
  key: ConfigKey<unknown>,
  env: Environment,
  faults: ConfigFault[],
): Found | undefined {
  const text = env[name];
  if (text === undefined || text.trim() === '') return undefined;
  const source = `environment variable ${name}`;
  if (key.variable === 'text') return { raw: text, source };
  try {
    const content = readYaml(text, source);
    return { raw: key.ordered === true ? content.ordered() : content.value, source };
  } catch {
    // Malformed tracked namespaces never fail anything (contract section 2).
    if (name === 'TRACKED_NAMESPACES') return { raw: 'malformed', source };
    faults.push({ key: name, source, problem: `expected a ${key.kind} as YAML or JSON` });
    return { raw: undefined, source };
  }
}

function parseMapping(yamlText: string, source: string): Record<string, unknown> {
  const { value, ordered } = readYaml(yamlText, source);
  const content = value ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new CodedError('CONFIG_UNREADABLE', `${source} is not a YAML mapping of keys to values`);
  const mapping = content as Record<string, unknown>;
  for (const [name, key] of Object.entries(CONFIG_KEYS) as [string, ConfigKey<unknown>][])
    if (key.ordered === true && Object.hasOwn(mapping, name))
      mapping[name] = (ordered() as Map<string, unknown>).get(name);
  return mapping;
}

function parseOverrides(env: Environment, faults: ConfigFault[]): Record<string, unknown> {
  try {
    return parseMapping(env[OVERRIDES] ?? '', OVERRIDES);
  } catch {
    faults.push({
      key: OVERRIDES,
      source: `environment variable ${OVERRIDES}`,
      problem: 'expected a JSON object of keys to values',
    });
    return {};
  }
}

function pathText(name: string, path: readonly PropertyKey[]): string {
  return name + path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
}
