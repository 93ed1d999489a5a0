import { contentOf, createRedact, isPath, listPrices, type Prices, secretsOf } from '@migrator/core';
import { isOneSlotPrefix, parseRedisUrl } from './parse-redis-url.ts';

import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import {
  type AnyVariable,
  removedVariables,
  type VariableName,
  variables,
  type VariableValue,
} from './variables.ts';

/** Validates an environment. Throws a ConfigError for the first wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const secrets = secretsOf(env);
  const redact = createRedact(secrets);

  /** The value of a variable. An empty variable counts as not set. */
  function read<Name extends VariableName>(name: Name): VariableValue<Name> | undefined {
    const raw = env[name];
    if (raw === undefined || raw === '') return undefined;
    const variable = variables[name];
    const result = variable.schema.safeParse(raw);
    if (result.success) return result.data as VariableValue<Name>;
    throw new ConfigError(name, `${name} holds ${shown(variable, raw)}; it may hold ${variable.holds}`);
  }

  /** A wrong value for a message: not shown for a secret; for the content of a file only its kind. */
  function shown({ secret, file }: AnyVariable, raw: string): string {
    const content = file === true ? contentOf(raw) : undefined;
    if (content !== undefined) return `${content}, not a path`;
    const hidden = secret === true || (file === true && !isPath(raw));
    return hidden ? 'a value that is not shown' : redact(JSON.stringify(raw));
  }

  for (const [name, why] of Object.entries(removedVariables)) {
    if (env[name]) throw new ConfigError(name, `${name} is no longer supported: ${why}; remove it`);
  }
  return {
    google: {
      projectId: read('GOOGLE_CLOUD_PROJECT'),
      emulatorHost: read('FIRESTORE_EMULATOR_HOST'),
      databaseId: read('FIRESTORE_DATABASE_ID') ?? '(default)',
      usersCollection: read('USERS_COLLECTION') ?? 'users',
      journalCollection: read('JOURNAL_COLLECTION') ?? 'trading-journal',
    },
    aws: {
      region: read('AWS_REGION'),
      endpoint: read('AWS_ENDPOINT_URL_DYNAMODB'),
      caFile: read('AWS_CA_BUNDLE'),
      tableName: read('DYNAMODB_TABLE') ?? 'tradebook-heatmaps',
      createTable: read('CREATE_TABLE') === 'true',
    },
    redis: readRedis(),
    http: {
      host: read('HOST') ?? '127.0.0.1',
      port: read('PORT') ?? 5000,
      apiToken: read('API_TOKEN'),
      apiReadToken: read('API_READ_TOKEN'),
      basePath: read('BASE_PATH'),
      trustedProxies: read('TRUSTED_PROXIES'),
      allowedHosts: read('ALLOWED_HOSTS'),
    },
    ...readNotify(),
    migration: {
      oversize: read('OVERSIZE') ?? 'fail',
      userConcurrency: read('USER_CONCURRENCY') ?? 8,
      writeConcurrency: read('WRITE_CONCURRENCY') ?? 64,
      maxWriteUnitsPerSecond: read('MAX_WRITE_UNITS_PER_SECOND'),
      sourceRamp: read('SOURCE_RAMP') === 'true',
    },
    prices: readPrices(),
    secrets,
    logLevel: read('LOG_LEVEL') ?? 'info',
    hideUserData: read('HIDE_USER_DATA') === 'true',
  };

  function readRedis(): Config['redis'] {
    const url = read('REDIS_URL') ?? 'redis://127.0.0.1:6379';
    const prefix = read('QUEUE_PREFIX') ?? '{journal-migration}';
    if (parseRedisUrl(url)?.kind === 'cluster' && !isOneSlotPrefix(prefix)) {
      throw new ConfigError(
        'QUEUE_PREFIX',
        `QUEUE_PREFIX holds "${prefix}"; on a Redis Cluster it may hold only a name in braces, such as "{${prefix.replaceAll(/[{}]/g, '')}}", which keeps all keys on one node`,
      );
    }
    const tls = {
      ca: read('REDIS_TLS_CA'),
      cert: read('REDIS_TLS_CERT'),
      key: read('REDIS_TLS_KEY'),
    };
    if ((tls.cert === undefined) !== (tls.key === undefined)) {
      const missing = tls.cert === undefined ? 'REDIS_TLS_CERT' : 'REDIS_TLS_KEY';
      throw new ConfigError(missing, `${missing} is empty; a certificate requires its key and vice versa`);
    }
    const [given] = (['REDIS_TLS_CA', 'REDIS_TLS_CERT'] as const).filter((name) => read(name) !== undefined);
    if (given !== undefined && parseRedisUrl(url)?.tls === false) {
      throw new ConfigError(
        given,
        `${given} is set, but REDIS_URL uses no TLS; begin it with rediss://, or leave ${given} out`,
      );
    }
    return { url, prefix, tls };
  }

  function readNotify(): Pick<Config, 'notify'> {
    const [url, secret] = [read('NOTIFY_URL'), read('NOTIFY_SECRET')];
    if (url !== undefined && secret !== undefined) return { notify: { url, secret } };
    if (url === undefined && secret === undefined) return {};
    const missing = url === undefined ? 'NOTIFY_URL' : 'NOTIFY_SECRET';
    throw new ConfigError(missing, `${missing} holds nothing; NOTIFY_URL and NOTIFY_SECRET go together`);
  }

  function readPrices(): Prices {
    const own = Object.entries({
      dynamodbMillionWriteUnits: read('PRICE_DYNAMODB_MILLION_WRITE_UNITS'),
      dynamodbMillionReadUnits: read('PRICE_DYNAMODB_MILLION_READ_UNITS'),
      firestoreHundredThousandReads: read('PRICE_FIRESTORE_100000_READS'),
    }).filter(([, price]) => price !== undefined);
    if (own.length === 0) return listPrices;
    return { ...listPrices, ...Object.fromEntries(own), note: `${listPrices.note}; some given by PRICE_…` };
  }
}
