/** The outcome of reading one text: a value, or what was expected (never the text itself: it may be a secret). */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** One setting of an app: an environment variable, what it means, and how its text becomes a value. */
export type Setting<T> = {
  readonly name: string;
  /** For the documentation: what it does. */
  readonly help: string;
  /** For the documentation: `integer, 1..65535`. */
  readonly kind: string;
  /** For the documentation; undefined if the setting is required. */
  readonly defaultText: string | undefined;
  readonly read: (text: string) => Reading<T>;
  /** What an absent variable means; without it the setting is required. */
  readonly absent: { readonly value: T } | undefined;
};

type Options<D> = { readonly help: string; readonly default?: D };

function setting<T, D>(
  name: string,
  options: Options<D>,
  kind: string,
  read: (text: string) => Reading<T>,
): Setting<T | D> {
  const hasDefault = 'default' in options;
  return {
    name,
    help: options.help,
    kind,
    defaultText: hasDefault ? (options.default === undefined ? 'none' : String(options.default)) : undefined,
    read,
    absent: hasDefault ? { value: options.default } : undefined,
  };
}

/** Any text. `default: undefined` makes it optional; without `default` it is required. */
export function stringSetting<D = never>(name: string, options: Options<D>): Setting<string | D> {
  return setting(name, options, 'string', (text) => ({ value: text }));
}

/** An absolute URL of one of `protocols` (`['http:', 'https:']` unless told). */
export function urlSetting<D = never>(
  name: string,
  options: Options<D> & { readonly protocols?: readonly string[] },
): Setting<string | D> {
  const protocols = options.protocols ?? ['http:', 'https:'];
  const problem = `expected a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`;
  return setting(name, options, 'URL', (text) => {
    const url = URL.parse(text);
    return url !== null && protocols.includes(url.protocol) ? { value: text } : { problem };
  });
}

/** A whole number within `min` and `max`, both included. */
export function integerSetting<D = never>(
  name: string,
  options: Options<D> & { readonly min?: number; readonly max?: number },
): Setting<number | D> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min}..${max}`;
  return setting(name, options, `integer, ${range}`, (text) =>
    readNumber(text, /^[+-]?\d+$/, min, max, `a whole number, ${range}`),
  );
}

/** A TCP port; 0 picks a free one. */
export function portSetting<D = never>(name: string, options: Options<D>): Setting<number | D> {
  return integerSetting(name, { ...options, min: 0, max: 65_535 });
}

/** Seconds, fractions allowed, within `min` and `max`. */
export function durationSecondsSetting<D = never>(
  name: string,
  options: Options<D> & { readonly min?: number; readonly max?: number },
): Setting<number | D> {
  const { min = 0, max = 86_400 } = options;
  return setting(name, options, `seconds, ${min}..${max}`, (text) =>
    readNumber(text, /^\+?(\d+\.?\d*|\.\d+)$/, min, max, `a number of seconds, ${min}..${max}`),
  );
}

/** `true` or `false`, also as yes/no, on/off, 1/0, in any case. */
export function booleanSetting<D = never>(name: string, options: Options<D>): Setting<boolean | D> {
  return setting(name, options, 'boolean', (text) => {
    const value = parseBooleanText(text);
    return value === undefined ? { problem: 'expected true or false' } : { value };
  });
}

/** One of a few words, exactly as written. */
export function choiceSetting<const C extends string, const D = never>(
  name: string,
  options: Options<D> & { readonly choices: readonly C[] },
): Setting<C | D> {
  const kind = options.choices.join(' \\| ');
  return setting(name, options, kind, (text) => {
    const value = options.choices.find((choice) => choice === text);
    return value === undefined ? { problem: `expected one of ${options.choices.join(', ')}` } : { value };
  });
}

/** The booleans of YAML 1.1 plus 1 and 0; undefined for anything else. */
export function parseBooleanText(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  if (['false', 'no', 'off', '0'].includes(word)) return false;
  return undefined;
}

function readNumber(
  text: string,
  shape: RegExp,
  min: number,
  max: number,
  expected: string,
): Reading<number> {
  const value = shape.test(text.trim()) ? Number(text.trim()) : Number.NaN;
  return value >= min && value <= max ? { value } : { problem: `expected ${expected}` };
}
