import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DynamoDbOptions, DynamoDbService } from '../dynamodb.ts';
import { withTable } from '../dynamodb.ts';
import { findDynamoDbLocal, logToStderr } from './dynamodb-local-files.ts';
import { findJava } from './find-java.ts';
import { startJavaService } from './java-service.ts';

const description = fileURLToPath(new URL('./dynamodb-local.xml', import.meta.url));

/** Starts Amazon's DynamoDB Local, empty, in memory, on 127.0.0.1. Throws `VendorsMissingError`, `PortTakenError`. */
export async function startDynamoDbLocal(options: DynamoDbOptions = {}): Promise<DynamoDbService> {
  const java = await findJava(process.env);
  const folder = await findDynamoDbLocal({
    env: process.env,
    notice: logToStderr,
  });
  const libraries = join(folder, 'DynamoDBLocal_lib');
  const service = await startJavaService(
    {
      name: 'DynamoDB Local',
      java,
      // It reports its use to Amazon otherwise.
      env: { DDB_LOCAL_TELEMETRY: '0' },
      args: (port) => [
        '-Xmx1g',
        '-XX:-UsePerfData',
        '-Dorg.eclipse.jetty.LEVEL=WARN',
        `-Djava.library.path=${libraries}`,
        '-cp',
        [join(folder, 'DynamoDBLocal.jar'), join(libraries, '*')].join(delimiter),
        'org.eclipse.jetty.xml.XmlConfiguration',
        `port=${port}`,
        description,
      ],
    },
    options,
  );
  return await withTable(service, options);
}
