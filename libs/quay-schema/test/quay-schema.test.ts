import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CLIENT_ENUMS,
  columnFacts,
  createTableStatements,
  inDependencyOrder,
  LOOKUP_NAMES,
  postgresType,
  referencesFrom,
  referencesTo,
  seedStatements,
  tableFacts,
  TABLE_NAMES,
} from '../src/index.ts';

test('holds the 95 tables, each with one primary key called id', () => {
  assert.equal(TABLE_NAMES.length, 95);
  for (const table of TABLE_NAMES) {
    const keys = tableFacts(table).columns.filter(({ primaryKey }) => primaryKey === true);
    assert.deepEqual(
      keys.map(({ name }) => name),
      ['id'],
      table,
    );
  }
});

test('every reference leads to a table, every index to columns, every enumeration to its numbers', () => {
  for (const table of TABLE_NAMES) {
    const { columns, indexes } = tableFacts(table);
    const names = columns.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, `${table} names a column twice`);
    for (const { target } of referencesFrom(table))
      assert.ok(TABLE_NAMES.includes(target), `${table} -> ${target}`);
    for (const index of indexes) {
      for (const column of index.columns) assert.ok(names.includes(column), `${table} indexes ${column}`);
    }
    for (const { clientEnum } of columns) {
      assert.ok(clientEnum === undefined || clientEnum in CLIENT_ENUMS, `${table}: ${clientEnum}`);
    }
  }
});

test('referencesTo finds what stands in the way of deleting a manifest', () => {
  assert.deepEqual(
    referencesTo('manifest')
      .map(({ table, column }) => `${table}.${column}`)
      .sort(),
    [
      'manifestblob.manifest_id',
      'manifestchild.child_manifest_id',
      'manifestchild.manifest_id',
      'manifestlabel.manifest_id',
      'manifestsecuritystatus.manifest_id',
      'tag.manifest_id',
    ],
  );
  assert.deepEqual(
    referencesTo('tag').find(({ table }) => table === 'tag'),
    { table: 'tag', column: 'linked_tag_id', target: 'tag', nullable: true },
  );
});

test('a table comes after those it refers to, and brings them along', () => {
  const order = inDependencyOrder(['tag']);
  for (const table of order) {
    for (const { target } of referencesFrom(table)) {
      assert.ok(order.indexOf(target) <= order.indexOf(table), `${table} comes before ${target}`);
    }
  }
  assert.ok(order.includes('user') && !order.includes('queueitem'));
  assert.equal(createTableStatements(['role']).filter((sql) => sql.startsWith('CREATE TABLE')).length, 1);
});

test('the statements carry no defaults, as the database of Quay has none', () => {
  assert.equal(columnFacts('user', 'enabled').default, 'True');
  assert.ok(createTableStatements().every((sql) => !sql.includes('DEFAULT')));
});

test('an unknown type is an error instead of a guess', () => {
  assert.equal(postgresType('varchar(36)'), 'varchar(36)');
  assert.throws(() => postgresType('blob'), /"blob"/);
});

test('lookup rows go to tables with nothing but a name, once each', () => {
  for (const [table, names] of Object.entries(LOOKUP_NAMES)) {
    assert.equal(new Set(names).size, names.length, table);
    assert.deepEqual(
      tableFacts(table as keyof typeof LOOKUP_NAMES).columns.map(({ name }) => name),
      ['id', 'name'],
      table,
    );
  }
  assert.ok(
    seedStatements().some(
      (sql) =>
        sql.includes(`INSERT INTO "mediatype"`) && sql.includes(`'application/vnd.oci.image.index.v1+json'`),
    ),
  );
});
