import { LineCounter, parseDocument, type Document, type ScalarTag, type TagId, type Tags } from 'yaml';
import { CodedError } from '@quay-observability/coded-errors';
import { findDuplicateKey } from './duplicate-key.ts';

/** What a YAML text says, and what it says twice. */
export type YamlContent = {
  readonly value: unknown;
  /** The same with mappings as `Map`, in the order of the text: an object puts keys of digits first. */
  readonly ordered: () => unknown;
  /**
   * Throws CodedError `CONFIG_UNREADABLE` with line and column if a key stands twice in one mapping: in the value of
   * this top-level key, which must itself stand there once, or without one anywhere in the text.
   */
  readonly refuseDuplicateKeys: (topLevelKey?: string) => void;
};

/**
 * YAML as PyYAML's `safe_load` reads it, which is what Quay does with the same file: YAML 1.1, where
 * `yes` and `off` are booleans. PyYAML is narrower than the standard in three places that matter here:
 * `y` and `n` are text, `1e-3` is text (a float needs a dot and a signed exponent), `089` is text.
 * The last of two equal keys wins, as in PyYAML. Dates stay text.
 *
 * @throws CodedError `CONFIG_UNREADABLE` with line and column, but never the text: it may be a secret.
 */
export function parseYaml(text: string, source: string): unknown {
  return readYaml(text, source).value;
}

/** Reads YAML as {@link parseYaml} does, for those who cannot do with the last of two equal keys. */
export function readYaml(text: string, source: string): YamlContent {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    customTags: pyYamlTags,
    uniqueKeys: false,
    // Pretty errors quote the offending line.
    prettyErrors: false,
    lineCounter,
    logLevel: 'silent',
  });
  const placeOf = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const error = document.errors[0];
  if (error !== undefined)
    throw unreadable(`${source} is not YAML: ${error.code} at ${placeOf(error.pos[0])}`);
  return {
    value: resolved(document, source),
    ordered: () => document.toJS({ mapAsMap: true }) as unknown,
    refuseDuplicateKeys: (topLevelKey) => {
      const key = findDuplicateKey(document, topLevelKey);
      if (key !== undefined)
        throw unreadable(`${source} has a key twice: again at ${placeOf(key.range?.[0] ?? 0)}`);
    },
  };
}

function resolved(document: Document, source: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    // An alias without its anchor, or an explosion of aliases.
    throw unreadable(`${source} is not YAML: its aliases cannot be resolved`);
  }
}

function unreadable(message: string): CodedError {
  return new CodedError('CONFIG_UNREADABLE', message);
}

const REPLACED = new Set(['bool', 'int', 'float', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`));

function pyYamlTags(tags: Tags): (ScalarTag | Exclude<Tags[number], TagId>)[] {
  const kept = tags.filter(
    (tag): tag is Exclude<Tags[number], TagId> => typeof tag !== 'string' && !REPLACED.has(tag.tag),
  );
  return [...kept, ...scalarTags];
}

const withoutUnderscores = (text: string) => text.replaceAll('_', '');

const scalarTags: ScalarTag[] = [
  scalarTag('bool', /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
  scalarTag('bool', /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
  scalarTag('int', /^[-+]?0b[01_]+$/, (text) => radix(text, 2, /0b/)),
  scalarTag('int', /^[-+]?0[0-7_]+$/, (text) => radix(text, 8, /^(?=.)/)),
  scalarTag('int', /^[-+]?0x[0-9a-fA-F_]+$/, (text) => radix(text, 16, /0x/)),
  scalarTag('int', /^[-+]?(?:0|[1-9][0-9_]*)$/, decimal),
  scalarTag('int', /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/, sexagesimal),
  scalarTag('float', /^[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?$/, (text) =>
    Number(withoutUnderscores(text)),
  ),
  scalarTag('float', /^[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/, (text) => Number(withoutUnderscores(text))),
  scalarTag('float', /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/, sexagesimal),
  scalarTag('float', /^[-+]?\.(?:inf|Inf|INF)$/, (text) => (text.startsWith('-') ? -Infinity : Infinity)),
  scalarTag('float', /^\.(?:nan|NaN|NAN)$/, () => Number.NaN),
];

function scalarTag(name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve };
}

/** Exact like Python's: a password of twenty digits must not lose its last ones. */
function decimal(text: string): number | bigint {
  const digits = withoutUnderscores(text).replace(/^\+/, '');
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

function radix(text: string, base: number, prefix: RegExp): number {
  const digits = withoutUnderscores(text).replace(/^[-+]/, '').replace(prefix, '');
  return (text.startsWith('-') ? -1 : 1) * Number.parseInt(digits, base);
}

/** `1:30` is 90, as on a clock. */
function sexagesimal(text: string): number {
  const parts = withoutUnderscores(text).replace(/^[-+]/, '').split(':');
  return (text.startsWith('-') ? -1 : 1) * parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}
