/** US dollars. */
export interface Prices {
  /** Where and when these were the list prices. */
  readonly note: string;
  readonly dynamodbMillionWriteUnits: number;
  readonly dynamodbMillionReadUnits: number;
  readonly firestoreHundredThousandReads: number;
}

/** The one table of prices. Taxes, free tiers, storage and traffic are not in it. */
export const listPrices: Prices = {
  note: 'list prices known in January 2025: DynamoDB on demand in us-east-1, Firestore in nam5 (us-central multi-region)',
  dynamodbMillionWriteUnits: 0.625,
  dynamodbMillionReadUnits: 0.125,
  firestoreHundredThousandReads: 0.06,
};
