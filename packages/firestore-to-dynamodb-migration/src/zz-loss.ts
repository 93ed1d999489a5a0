import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startLocalServices } from '../../local-services/src/index.ts';
import { fillFirestore } from '@migrator/testing';
import { days } from './zz-days.ts';
import { executeMigration } from './index.ts';
const t0 = Date.now(); const log = (...a: unknown[]) => console.log(Date.now() - t0, ...a);
const s = await startLocalServices();
Object.assign(process.env, s.env);
const c = new DynamoDBClient({ endpoint: s.env.AWS_ENDPOINT_URL_DYNAMODB, region: s.env.AWS_REGION });
await c.send(new CreateTableCommand({ TableName: s.env.DYNAMODB_TABLE, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'dateKey', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'dateKey', KeyType: 'HASH' }] })).catch((e) => log(e.name));
for (const u of ['a','b','c','d']) await fillFirestore([{ userId: u, entries: days(500) }], { emulatorHost: s.env.FIRESTORE_EMULATOR_HOST, projectId: s.env.GOOGLE_CLOUD_PROJECT });
let n = 0;
const back = process.argv[2] === 'back';
try {
  const r = await executeMigration({ onProgress: (p) => { log(p.state, p.processed); if (++n === 2) { log('redis goes'); void s.redis.stop().then(() => log('gone')); } } });
  log(r.state);
} catch (e) { log('rejected', e); }
c.destroy();
await s.dynamodb.stop(); await s.firestore.stop();
log('stopped services', process.getActiveResourcesInfo());
setTimeout(() => { log('STILL HERE', process.getActiveResourcesInfo()); process.exit(3); }, 10_000).unref();
