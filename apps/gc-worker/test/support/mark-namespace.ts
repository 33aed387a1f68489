import type { Random } from './random.ts';
import { NOW_MS, timestamp, type Maker } from './random-registry.ts';

/**
 * Marks a random namespace for deletion as Quay does: it gives up its name, which may have found a new owner since, with
 * robots of its own.
 */
export function markNamespace(registry: Maker, random: Random): { id: number; originalName: string } {
  const account = random.pick((registry.tables.user ?? []).filter(({ robot }) => robot === false));
  const originalName = String(account.username);
  account.username = `uuid_${random.below(1_000_000)}`;
  registry.add('deletednamespace', {
    namespace_id: account.id,
    marked: timestamp(NOW_MS),
    original_username: originalName,
    original_email: 'original@example.com',
    queue_id: null,
  });
  if (random.chance(0.4)) {
    const values = Object.fromEntries(Object.entries(account).filter(([name]) => name !== 'id'));
    const born = { creation_date: timestamp(NOW_MS - 86_400_000) };
    registry.add('user', { ...values, ...born, uuid: 'new', username: originalName });
    const robot = { username: `${originalName}+new`, robot: true, creation_date: timestamp(NOW_MS) };
    registry.add('user', { ...values, ...robot, uuid: 'bot' });
  }
  for (const queue of [`repositorygc/${String(account.username)}/1/`, `repositorygc/${originalName}/1/`])
    registry.add('queueitem', {
      queue_name: queue,
      body: '{}',
      available_after: timestamp(NOW_MS),
      available: true,
      processing_expires: null,
      retries_remaining: 5,
      state_id: queue,
    });
  return { id: account.id, originalName };
}
