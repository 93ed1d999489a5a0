import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { MigrationError } from '@migrator/core';

const typeNames: Readonly<Record<string, string>> = { S: 'String', N: 'Number', B: 'Binary' };

/** The attributes of every item and their types. */
const attributeTypes: Readonly<Record<string, string>> = { dateKey: 'S', updatedAt: 'S', data: 'M' };

export function requireKey(table: TableDescription, tableName: string): void {
  const keys = (table.KeySchema ?? []).map(
    ({ AttributeName, KeyType }) =>
      `${AttributeName} (${typeName(table, AttributeName)}, ${KeyType === 'HASH' ? 'partition key' : 'sort key'})`,
  );
  const has = keys.join(' and ');
  if (has === 'dateKey (String, partition key)') return;
  throw new MigrationError(
    'TABLE_KEY_MISMATCH',
    `Table "${tableName}" must have dateKey (String) as its only key, and has ${has}: create another table, and name it with DYNAMODB_TABLE.`,
  );
}

/**
 * Throws if an index key has another type than the attribute of every item: DynamoDB would reject all items. (An item
 * without the attribute would be accepted.)
 */
export function requireIndexes(table: TableDescription, tableName: string): void {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  for (const { IndexName, KeySchema = [] } of indexes) {
    for (const { AttributeName = '' } of KeySchema) {
      const ours = Object.hasOwn(attributeTypes, AttributeName) ? attributeTypes[AttributeName] : undefined;
      if (ours === undefined || ours === typeOf(table, AttributeName)) continue;
      throw new MigrationError(
        'TABLE_INDEX_MISMATCH',
        `Index "${IndexName}" of table "${tableName}" has ${AttributeName} (${typeName(table, AttributeName)}) as a key, and every item has ${AttributeName} as a ${ours === 'M' ? 'map' : typeNames[ours]}: DynamoDB would reject them all. Delete the index, or create it on another attribute.`,
      );
    }
  }
}

function typeOf(table: TableDescription, attribute: string | undefined): string | undefined {
  return table.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType;
}

function typeName(table: TableDescription, attribute: string | undefined): string | undefined {
  const type = typeOf(table, attribute);
  return typeNames[type ?? ''] ?? type;
}
