/**
 * Whether the DynamoDB of this test run keeps the tags of a table, where a completed run is marked. DynamoDB Local answers
 * `UnknownOperationException: Tagging is not currently supported in DynamoDB Local.`
 */
export function keepsTags(): boolean {
  return process.env['SERVICES'] !== 'vendors';
}
