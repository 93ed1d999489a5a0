/**
 * Whether the DynamoDB of this test run keeps the tags of a table, where a completed run is recorded. DynamoDB Local
 * returns `UnknownOperationException: Tagging is not currently supported in DynamoDB Local.`
 */
export function keepsTags(): boolean {
  return process.env['SERVICES'] !== 'vendors';
}
