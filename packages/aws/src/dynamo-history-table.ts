import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  type KeySchemaElement,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { isGatewayError } from '@genai-gateway/core';
import type { DynamoCalls } from './dynamo-calls.ts';
import { isNamed } from './history-failure.ts';

/**
 * The table of sessions. All of a session has one partition key, so that one Query gives the session and its newest
 * turns, strongly consistent:
 *
 *     pk               sk                   what
 *     owner#session    turn#000000000007    a turn, in its place
 *     owner#session    ~meta                the session itself; sorts behind all its turns
 *
 * The index has sessions alone, by owner: deleted ones and turns have no `owner`. DynamoDB deletes an item some time
 * after `expiresAt`, in seconds; what counts is `expiresAtMs`.
 */
export const OWNER_INDEX = 'by-owner';

const attributes: readonly AttributeDefinition[] = [
  { AttributeName: 'pk', AttributeType: 'S' },
  { AttributeName: 'sk', AttributeType: 'S' },
  { AttributeName: 'owner', AttributeType: 'S' },
  { AttributeName: 'updatedAtMs', AttributeType: 'N' },
];
const tableKey = keySchema('pk', 'sk');
const indexKey = keySchema('owner', 'updatedAtMs');

const POLL_MS = 50;

/**
 * Makes the table, paid by request, and waits until it can be used; one that is there is left as it is. For one machine
 * and for tests: in AWS the deployment makes it, with backups, encryption, and the TTL on `expiresAt` that is not set here.
 * Asks again until the signal ends it, where nobody answers in time. Rejects with `history-unavailable`.
 */
export async function makeTable(calls: DynamoCalls, tableName: string, signal: AbortSignal): Promise<void> {
  const command = new CreateTableCommand({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes],
    KeySchema: [...tableKey],
    GlobalSecondaryIndexes: [
      { IndexName: OWNER_INDEX, KeySchema: [...indexKey], Projection: { ProjectionType: 'ALL' } },
    ],
  });
  let hasHeard = false;
  while (!hasHeard) hasHeard = await ask(calls, command, signal);
  while (!isActive(await describe(calls, tableName, signal))) await sleep(POLL_MS, undefined, { signal });
}

/** False: nobody answered in time, as a server on the same machine that has only just started may. */
async function ask(calls: DynamoCalls, command: CreateTableCommand, signal: AbortSignal): Promise<boolean> {
  try {
    await calls.write(signal, (client, abortSignal) => client.send(command, { abortSignal }));
    return true;
  } catch (error) {
    const cause = isGatewayError(error) ? error.cause : undefined;
    if (isNamed(cause, 'TimeoutError')) return false;
    if (isNamed(cause, 'ResourceInUseException')) return true;
    throw error;
  }
}

/** What is wrong with a table and how to mend it, for operators; undefined: it is as it has to be. */
export async function faultOfTable(
  calls: DynamoCalls,
  tableName: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const table = await describe(calls, tableName, signal);
  if (table === undefined) return `There is no table ${tableName}. Make it, or mend HISTORY_TABLE.`;
  const mend = 'Name a table that was made for sessions in HISTORY_TABLE.';
  if (!hasKeys(table.KeySchema, table, tableKey)) {
    return `The table ${tableName} has not the key that sessions need (pk and sk, both strings). ${mend}`;
  }
  const index = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === OWNER_INDEX);
  if (index === undefined || !hasKeys(index.KeySchema, table, indexKey) || index.Projection?.ProjectionType !== 'ALL') {
    return `The table ${tableName} has no index ${OWNER_INDEX} with the key owner (a string) and updatedAtMs (a number) that holds all attributes. Add it. ${mend}`;
  }
  if (!isActive(table)) return `The table ${tableName} or its index is not active yet (${table.TableStatus}).`;
  return undefined;
}

async function describe(
  calls: DynamoCalls,
  tableName: string,
  signal: AbortSignal,
): Promise<TableDescription | undefined> {
  const command = new DescribeTableCommand({ TableName: tableName });
  try {
    const { Table } = await calls.read(signal, (client, abortSignal) => client.send(command, { abortSignal }));
    return Table;
  } catch (error) {
    if (isGatewayError(error) && isNamed(error.cause, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

/** A table whose capacity is being changed serves all the same. */
function isActive(table: TableDescription | undefined): boolean {
  const serves = (status: string | undefined) => status === 'ACTIVE' || status === 'UPDATING';
  const indexes = table?.GlobalSecondaryIndexes ?? [];
  return serves(table?.TableStatus) && indexes.every(({ IndexStatus }) => serves(IndexStatus));
}

function keySchema(hash: string, range: string): readonly KeySchemaElement[] {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}

function hasKeys(
  found: readonly KeySchemaElement[] | undefined,
  { AttributeDefinitions = [] }: TableDescription,
  wanted: readonly KeySchemaElement[],
): boolean {
  const typeOf = (from: readonly AttributeDefinition[], name: string | undefined) =>
    from.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  return (
    found?.length === wanted.length &&
    wanted.every(({ AttributeName, KeyType }) =>
      found.some(
        (each) =>
          each.AttributeName === AttributeName &&
          each.KeyType === KeyType &&
          typeOf(AttributeDefinitions, AttributeName) === typeOf(attributes, AttributeName),
      ),
    )
  );
}
