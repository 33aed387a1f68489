import { LOOKUP_NAMES, referencesTo, tableFacts, type TableName } from '@quay-observability/quay-schema';
import type { Random } from './random.ts';
import { account, NOW_MS, timestamp, type Maker } from './random-registry.ts';
import type { Row, Value } from './registry-rows.ts';

/** Tables that other parts of a random registry fill. */
const MADE_ELSEWHERE = new Set<TableName>([
  ...['repository', 'tag', 'manifest', 'manifestblob', 'manifestchild', 'manifestlabel', 'uploadedblob'],
  ...['manifestsecuritystatus', 'manifestpullstatistics', 'tagpullstatistics', 'deletedrepository'],
  ...[
    'deletednamespace',
    'quotarepositorysize',
    'quotanamespacesize',
    'orgmirrorconfig',
    'robotaccounttoken',
  ],
] as TableName[]);

/** Rows on which others depend come first. */
const FIRST: TableName[] = [
  'accesstoken',
  'repositorybuildtrigger',
  'repomirrorrule',
  'team',
  'oauthapplication',
];
/** Rows that hang on those of accounts. */
const OF_ACCOUNTS: TableName[] = ['teamsync', 'oauthauthorizationcode', 'quotalimits', 'servicekey'];

/**
 * Gives repositories and accounts random rows in every table that refers to them, as the schema says: permissions,
 * builds, triggers, stars, tokens, teams, applications, robots, mirrors and so on.
 */
export function randomBelongings(maker: Maker, random: Random): void {
  const keys = new Set<string>();
  const namespaces = [...(maker.tables.user ?? [])];
  const robots = new Map(namespaces.map((each) => [each.id, randomRobots(maker, random, each)]));
  for (const namespace of namespaces) {
    for (const table of sorted(referencesTo('user').map((reference) => reference.table)))
      if (tableFacts(table).columns.every(({ references }) => references !== 'repository'))
        fill({ maker, random, keys, table, fixed: {}, account: namespace });
    const [robot] = robots.get(namespace.id) ?? [];
    if (robot !== undefined && random.chance(0.3))
      fill({
        maker,
        random,
        keys,
        table: 'orgmirrorconfig',
        fixed: { organization_id: namespace.id, internal_robot_id: robot.id },
        account: namespace,
      });
  }
  for (const table of OF_ACCOUNTS) fill({ maker, random, keys, table, fixed: {}, account: namespaces[0]! });
  for (const repository of maker.tables.repository ?? []) {
    const owner = namespaces.find(({ id }) => id === repository.namespace_user_id)!;
    const robot = robots.get(owner.id)?.[0];
    for (const table of sorted(referencesTo('repository').map((reference) => reference.table)))
      if (table !== 'repositorynotification')
        fill({
          maker,
          random,
          keys,
          table,
          fixed: {
            repository_id: repository.id,
            ...(robot === undefined ? {} : { internal_robot_id: robot.id }),
          },
          account: random.chance(0.7) ? owner : random.pick(namespaces),
        });
  }
}

function sorted(tables: TableName[]): TableName[] {
  const wanted = new Set(tables.filter((table) => !MADE_ELSEWHERE.has(table)));
  return [...FIRST.filter((table) => wanted.delete(table)), ...[...wanted].sort()];
}

function randomRobots(maker: Maker, random: Random, namespace: Row): Row[] {
  return Array.from({ length: random.below(3) }, (_, number) => {
    const robot = maker.add('user', {
      ...account(`${String(namespace.username)}+bot${number}`, random),
      robot: true,
      organization: false,
    });
    maker.add('robotaccounttoken', { robot_account_id: robot.id, token: '', fully_migrated: true });
    return robot;
  });
}

type FillOptions = {
  maker: Maker;
  random: Random;
  /** Values of unique columns that are taken. */
  keys: Set<string>;
  table: TableName;
  fixed: Record<string, Value>;
  account: Row;
};

function fill({ maker, random, keys, table, fixed, account: owner }: FillOptions): void {
  for (let number = 0; number < random.below(3); number += 1) {
    const row: Record<string, Value> = {};
    for (const { name, type, primaryKey, nullable, references } of tableFacts(table).columns) {
      if (primaryKey === true) continue;
      const value =
        fixed[name] ??
        (references === undefined
          ? valueOf(type, `${table} ${name} ${keys.size}`)
          : targetOf({ maker, random, references, fixed, account: owner }));
      row[name] =
        nullable === true && fixed[name] === undefined && random.chance(0.3) ? null : (value ?? null);
      if (nullable !== true && row[name] === null) return;
    }
    if (!takeKeys(table, row, keys)) continue;
    maker.add(table, row);
  }
}

function targetOf(options: {
  maker: Maker;
  random: Random;
  references: string;
  fixed: Record<string, Value>;
  account: Row;
}): Value | undefined {
  const { maker, random, references, fixed, account: owner } = options;
  if (references === 'user') return owner.id;
  if (references in LOOKUP_NAMES || references === 'labelsourcetype') return 1;
  const rows = (maker.tables[references as TableName] ?? []).filter(
    (row) => row.repository_id === undefined || row.repository_id === fixed.repository_id,
  );
  return rows.length === 0 ? undefined : random.pick(rows).id;
}

function valueOf(type: string, text: string): Value {
  if (type.startsWith('timestamp')) return timestamp(NOW_MS);
  if (type === 'date') return '2026-02-16';
  if (type === 'boolean') return false;
  if (type.includes('int')) return 1;
  return /^varchar\((\d+)\)$/.test(type) ? text.slice(-36) : text;
}

function takeKeys(table: TableName, row: Record<string, Value>, keys: Set<string>): boolean {
  const { columns, indexes } = tableFacts(table);
  const unique = [
    ...columns.filter((column) => column.unique === true).map(({ name }) => [name]),
    ...indexes.filter((index) => index.unique).map((index) => [...index.columns]),
  ];
  const taken = unique
    .filter((names) => names.every((name) => row[name] !== null))
    .map((names) => `${table} ${names.join()} ${names.map((name) => String(row[name])).join()}`);
  if (taken.some((key) => keys.has(key))) return false;
  for (const key of taken) keys.add(key);
  keys.add(`${table} ${keys.size}`);
  return true;
}
