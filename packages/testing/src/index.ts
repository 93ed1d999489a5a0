export { decodeDocument, decodeMessage } from './decode-document.ts';
export { type EncodableDocument, encodeDocument, type FieldValue } from './encode-document.ts';
export { encodeItem, type ItemFixture, migratedItem } from './encode-item.ts';
export { fillFirestore, type FillOptions } from './fill-firestore.ts';
export {
  type JournalEntry,
  journalEntry,
  journals,
  type JournalsOptions,
  type JournalUser,
} from './journals.ts';
export { heldLease } from './held-lease.ts';
export { oddIds } from './odd-ids.ts';
export { describeSourceContract, type OpenSource } from './source-contract.ts';
export { describeTargetContract, type OpenTarget, type TargetUnderTest } from './target-contract.ts';
export {
  exception,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedDynamoDb,
  startScriptedDynamoDb,
} from './scripted-dynamodb.ts';
export {
  type ScriptedFirestore,
  type ScriptedReply,
  type ScriptedRpc,
  startScriptedFirestore,
} from './scripted-firestore.ts';
export {
  ledgerContract,
  type LedgerHarness,
  type LedgerSettings,
  type MakeLedger,
} from './ledger-contract.ts';
export { seededRandom } from './seeded-random.ts';
export { type DynamoDbFault, type DynamoDbProxy, startDynamoDbProxy } from './fault-proxy/dynamodb-proxy.ts';
export { type Fault, FaultPlan, type FaultPlanOptions } from './fault-proxy/fault-plan.ts';
export {
  type FirestoreFault,
  type FirestoreProxy,
  startFirestoreProxy,
} from './fault-proxy/firestore-proxy.ts';
export { startTcpProxy, type TcpFault, type TcpProxy } from './fault-proxy/tcp-proxy.ts';
export { ThrottledTable } from './fault-proxy/throttled-table.ts';
export { sampleBinding } from './sample-binding.ts';
