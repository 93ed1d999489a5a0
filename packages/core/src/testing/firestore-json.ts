/** Firestore's own JSON of a document, as its REST API gives it. */
export interface JsonDocument {
  readonly name: string;
  readonly fields?: JsonFields;
  readonly createTime?: string;
  readonly updateTime?: string;
}

export type JsonFields = { readonly [name: string]: JsonValue };

export type JsonValue =
  | { readonly nullValue: null }
  | { readonly booleanValue: boolean }
  | { readonly integerValue: string }
  | { readonly doubleValue: JsonDouble }
  /** ISO 8601 in UTC with up to nine digits. */
  | { readonly timestampValue: string }
  | { readonly stringValue: string }
  /** Base64. */
  | { readonly bytesValue: string }
  | { readonly referenceValue: string }
  | { readonly geoPointValue: { readonly latitude?: JsonDouble; readonly longitude?: JsonDouble } }
  | { readonly arrayValue: { readonly values?: readonly JsonValue[] } }
  | { readonly mapValue: { readonly fields?: JsonFields } };

/** JSON has no NaN, no infinities and, for most, no -0. */
export type JsonDouble = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';
