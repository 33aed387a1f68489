import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { purgeNamespace } from '../src/purge/purge-namespace.ts';
import { plainRegistry, type PlainRegistry } from './support/plain-registry.ts';
import { NOW_MS, timestamp } from './support/random-registry.ts';
import type { Row, Value } from './support/registry-rows.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());

/** Adds an account, or a robot where the name has a plus. */
function addAccount(registry: PlainRegistry, username: string, more: Record<string, Value> = {}): Row {
  const robot = username.includes('+');
  const own = { uuid: username, email: username, username, robot, organization: !robot };
  const id = registry.tables.user!.length + 1;
  return registry.add('user', { ...registry.tables.user![0]!, creation_date: null, ...own, ...more, id });
}

/** Gives up the name of an account, as marking it does. */
function mark(
  registry: PlainRegistry,
  account: Row,
  markedMs = NOW_MS,
): { id: number; originalName: string } {
  const originalName = String(account.username);
  account.username = `uuid-${account.id}`;
  registry.add('deletednamespace', {
    ...{ namespace_id: account.id, marked: timestamp(markedMs), original_username: originalName },
    ...{ original_email: '', queue_id: null },
  });
  return { id: account.id, originalName };
}

function purge(namespace: { id: number; originalName: string }): Promise<void> {
  return purgeNamespace(gc.context(), namespace, NO_SIGNAL, { namespacedQueues: [] });
}

async function names(): Promise<unknown[]> {
  return (await gc.dump()).user.map(({ username }) => username);
}

/** Purges while a change is under way, which is committed once the purge waits for it. */
async function purgeDuring(change: string, namespace: { id: number; originalName: string }): Promise<void> {
  let purged: Promise<void> | undefined;
  await gc.database.transaction(async (queries) => {
    await queries.raw(change);
    purged = gc.outside(() => purge(namespace));
    await waitUntil('the purge to wait for the change', async () => {
      const [row] = await gc.postgres.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
      );
      return row!.waiting > 0;
    });
  });
  await purged;
}

test('a row that comes to refer to somebody else while its account is deleted stays', async () => {
  const registry = plainRegistry({ manifests: 0 });
  const [acme] = registry.tables.user!;
  const other = addAccount(registry, 'other');
  const bot = addAccount(registry, 'acme+bot');
  const theirs = registry.add('repository', {
    ...registry.repositories[0]!,
    ...{ id: 2, namespace_user_id: other.id },
  });
  const star = { user_id: bot.id, repository_id: theirs.id, created: timestamp(NOW_MS) };
  registry.add('star', star);
  const namespace = mark(registry, acme!);
  await gc.load(registry);
  await purgeDuring(`UPDATE star SET user_id = ${other.id}`, namespace);
  const { star: stars } = await gc.dump();
  assert.deepEqual([await names(), stars.map((row) => row.user_id)], [['other'], [other.id]]);
});

test('so does one with rows of its own, and they with it', async () => {
  const registry = plainRegistry({ manifests: 0 });
  const [acme] = registry.tables.user!;
  const other = addAccount(registry, 'other');
  const team = registry.add('team', {
    ...{ name: 'crew', organization_id: acme!.id, role_id: 1, description: '' },
  });
  registry.add('teammember', { user_id: other.id, team_id: team.id });
  const namespace = mark(registry, acme!);
  await gc.load(registry);
  await purgeDuring(`UPDATE team SET organization_id = ${other.id}`, namespace);
  const { team: teams, teammember } = await gc.dump();
  assert.deepEqual([await names(), teams.length, teammember.length], [['other'], 1, 1]);
});

test('a namespace that is restored while its robots are deleted keeps the rest of them', async () => {
  const registry = plainRegistry({ manifests: 0 });
  const [acme] = registry.tables.user!;
  const bot = addAccount(registry, 'acme+bot');
  registry.add('robotaccounttoken', { robot_account_id: bot.id, token: '', fully_migrated: true });
  const namespace = mark(registry, acme!);
  await gc.load(registry);
  const restore = `DELETE FROM deletednamespace;
    UPDATE "user" SET username = 'acme' WHERE id = ${acme!.id}`;
  const { database } = gc.context();
  const context = {
    ...gc.context(),
    database: {
      ...database,
      // The robots have been looked up, and nothing of them has gone.
      write: async <T>(work: Parameters<typeof database.write<T>>[0]) => {
        const value = await database.write(work);
        if (Array.isArray(value) && value.includes(bot.id)) await gc.postgres.query(restore);
        return value;
      },
    },
  };
  await assert.rejects(
    purgeNamespace(context, namespace, NO_SIGNAL, { namespacedQueues: [] }),
    /not marked for deletion \(any more\)/,
  );
  const { user, robotaccounttoken } = await gc.dump();
  assert.deepEqual([user.length, robotaccounttoken.length], [2, 1]);
});

test('robots are told from those of a new owner by the order in which they were made', async () => {
  const registry = plainRegistry({ manifests: 0 });
  const [acme] = registry.tables.user!;
  addAccount(registry, 'acme+old');
  const namespace = mark(registry, acme!);
  addAccount(registry, 'acme', { creation_date: timestamp(NOW_MS) });
  // The clock of whoever made it was slow, or nobody has written the time down.
  addAccount(registry, 'acme+new', { creation_date: timestamp(NOW_MS - 1000) });
  addAccount(registry, 'acme+undated');
  // No robot, whatever it is called.
  addAccount(registry, 'acme+person', { robot: false });
  await gc.load(registry);
  await purge(namespace);
  assert.deepEqual(await names(), ['acme', 'acme+new', 'acme+undated', 'acme+person']);
});

test('robots of a second owner of the name who is marked too, and may be restored, stay', async () => {
  const registry = plainRegistry({ manifests: 0 });
  const [acme] = registry.tables.user!;
  addAccount(registry, 'acme+old');
  const first = mark(registry, acme!);
  const again = addAccount(registry, 'acme');
  const bot = addAccount(registry, 'acme+new');
  const second = mark(registry, again);
  await gc.load(registry);
  await purge(first);
  assert.deepEqual(await names(), [again.username, bot.username]);
  await purge(second);
  assert.deepEqual(await names(), []);
});
