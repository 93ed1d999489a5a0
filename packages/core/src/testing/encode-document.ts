import protobuf from 'protobufjs';
import type { JsonDocument, JsonDouble, JsonFields, JsonValue } from './firestore-json.ts';
import { firestoreMessage } from './firestore-protos.ts';

/** Encodes a document that is given in Firestore's JSON as Firestore sends it over gRPC, with the published protos. */
export function encodeDocument(document: JsonDocument): Uint8Array {
  const message = {
    name: document.name,
    fields: fieldsMessage(document.fields ?? {}),
    createTime: document.createTime === undefined ? undefined : timestampMessage(document.createTime),
    updateTime: document.updateTime === undefined ? undefined : timestampMessage(document.updateTime),
  };
  return firestoreMessage('Document').encode(message).finish();
}

/** Own properties throughout, so that a field may be called `__proto__`. */
function fieldsMessage(fields: JsonFields): { readonly [name: string]: object } {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueMessage(value)]));
}

function valueMessage(value: JsonValue): object {
  if ('nullValue' in value) return { nullValue: 0 };
  if ('integerValue' in value) return { integerValue: longOf(BigInt(value.integerValue)) };
  if ('doubleValue' in value) return { doubleValue: doubleOf(value.doubleValue) };
  if ('timestampValue' in value) return { timestampValue: timestampMessage(value.timestampValue) };
  if ('bytesValue' in value) return { bytesValue: Buffer.from(value.bytesValue, 'base64') };
  if ('geoPointValue' in value) return { geoPointValue: geoPointMessage(value.geoPointValue) };
  if ('arrayValue' in value)
    return { arrayValue: { values: (value.arrayValue.values ?? []).map(valueMessage) } };
  if ('mapValue' in value) return { mapValue: { fields: fieldsMessage(value.mapValue.fields ?? {}) } };
  return value;
}

function doubleOf(value: JsonDouble): number {
  return Number(value);
}

/** As on the wire of proto3, where a component that is 0 is left out. */
function geoPointMessage(point: { readonly latitude?: JsonDouble; readonly longitude?: JsonDouble }): object {
  const latitude = doubleOf(point.latitude ?? 0);
  const longitude = doubleOf(point.longitude ?? 0);
  return {
    ...(Object.is(latitude, 0) ? {} : { latitude }),
    ...(Object.is(longitude, 0) ? {} : { longitude }),
  };
}

function timestampMessage(text: string): object {
  const [, toSecond = '', fraction = ''] = /^([^.Z]+)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${toSecond}Z`);
  if (Number.isNaN(milliseconds)) throw new Error(`${text} is no timestamp`);
  return { seconds: longOf(BigInt(milliseconds / 1000)), nanos: Number(fraction.padEnd(9, '0')) };
}

function longOf(value: bigint): object {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return new protobuf.util.Long(low, high, false);
}
