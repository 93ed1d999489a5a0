/** Shorter ones would turn half of all words into asterisks, and protect nothing. */
const shortest = 8;

/** Secrets that no list knows beforehand, by their looks. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // AWS sends a request's canonical form back with a refused signature, with the session's token in it.
  [/(x-amz-security-token["']?\s*[:=]\s*["']?)[^\s"',;\\]+/gi, '$1***'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 ***'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*):[^\s@/"']+@/gi, '$1:***@'],
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/g, '***'],
];

export type Scrub = (text: string) => string;

/** Takes the given secrets, and what looks like one, out of a text. */
export function createScrub(secrets: readonly string[]): Scrub {
  const known = new Set(secrets.filter((secret) => secret.length >= shortest).flatMap(spellings));
  const longestFirst = [...known].toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of longestFirst) clean = clean.replaceAll(secret, '***');
    for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
    return clean;
  };
}

/** As it is, as it stands in a URL, and as it stands in JSON. */
function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

const secretNames = [
  'API_TOKEN',
  'API_READ_TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
];

/** The secrets that an environment holds. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const secrets = secretNames.map((name) => env[name] ?? '');
  const redis = env['REDIS_URL'] ?? '';
  if (URL.canParse(redis)) {
    const { password } = new URL(redis);
    secrets.push(password, decoded(password));
  }
  for (const headers of [env['OTEL_EXPORTER_OTLP_HEADERS'], env['OTEL_EXPORTER_OTLP_TRACES_HEADERS']]) {
    for (const pair of (headers ?? '').split(',')) {
      const value = pair.slice(pair.indexOf('=') + 1).trim();
      secrets.push(value, decoded(value));
    }
  }
  return secrets.filter((secret) => secret !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
