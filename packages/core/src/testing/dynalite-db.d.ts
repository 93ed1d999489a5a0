declare module 'dynalite/db/index.js' {
  /** Bytes of an item in DynamoDB's JSON, as dynalite counts them. */
  export function itemSize(item: unknown): number;
}
