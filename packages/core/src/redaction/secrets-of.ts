import { decoded } from './spellings.ts';

/** A variable of such a name holds a secret. An embedding application's own variables count too. */
const secretName =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASS|PASSPHRASE|PRIVATE_KEY|API_KEY|APIKEY|ACCESS_KEY|SECRET_KEY|CREDENTIALS|TLS_KEY)$/i;
const headersName = /^OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS$/;
const secretParameter = /password|secret|token/i;
const secretFields = ['private_key', 'private_key_id', 'client_secret', 'refresh_token'];

/** Shorter lines of a key are too short to be secret. */
const shortestLine = 16;
/** A user without a password may be a token. A shorter one is a name, which may occur in ordinary text. */
const shortestLoneUser = 16;

/** The secrets that an environment holds. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const secrets = Object.entries(env).flatMap(([name, value = '']) => {
    if (value === '') return [];
    return [
      ...(secretName.test(name) && !isPath(value) ? [value, ...linesOf(value)] : []),
      ...(headersName.test(name) ? headersOf(value) : []),
      ...urlSecrets(value),
      // The URL's path is a credential: with it anyone can post there.
      ...(name === 'NOTIFY_URL' ? [value] : []),
      ...keySecrets(value),
    ];
  });
  return [...new Set(secrets)].filter((secret) => secret !== '');
}

/** Whether a value may be shown as a path: one line, and nothing that could be a key. */
export function isPath(value: string): boolean {
  return (
    /^(?:~?\.{0,2}\/|[a-z]:[\\/])?[\w.@ /\\-]{1,255}$/i.test(value) &&
    /^[~./]|^[a-z]:|\.\w{2,5}$/i.test(value)
  );
}

/** The kind of content, if a variable for a file's path holds the file's content; undefined for a path. */
export function contentOf(value: string): 'JSON' | 'a key or certificate' | 'base64' | undefined {
  const text = value.trim();
  if (/^["']?\{/.test(text)) return 'JSON';
  if (text.includes('-----BEGIN') || text.includes('PRIVATE KEY')) return 'a key or certificate';
  const inside = Buffer.from(text, 'base64').toString('latin1').trimStart();
  if (inside.startsWith('{') || inside.startsWith('-----BEGIN')) return 'base64';
  return text.length >= 100 && /^[\w+/=\s-]+$/.test(text) && !text.startsWith('/') ? 'base64' : undefined;
}

/**
 * Why a file can't be read, as the rest of a sentence that begins with a variable's name. Without the path, which may
 * be a secret.
 */
export function fileFault(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'names a file that does not exist';
    case 'EISDIR':
      return 'names a directory, not a file';
    case 'EACCES':
    case 'EPERM':
      return 'names a file that this process may not read';
    default:
      return 'holds no path of a file that can be read';
  }
}

function headersOf(value: string): string[] {
  return value.split(',').flatMap((pair) => {
    const header = pair.slice(pair.indexOf('=') + 1).trim();
    return [header, decoded(header)];
  });
}

/** Passwords and tokens in a URL of any scheme, with one host or several; also in the encoding of a proxy's header. */
function urlSecrets(value: string): string[] {
  const begin = value.indexOf('://');
  if (begin < 0 || /\s/.test(value.trim())) return [];
  const afterScheme = value.trim().slice(begin + '://'.length);
  const at = endOfUserInfo(afterScheme);
  const secrets: string[] = [];
  if (at >= 0) {
    const userInfo = afterScheme.slice(0, at);
    const colon = userInfo.indexOf(':');
    if (colon >= 0) {
      const [user, password] = [userInfo.slice(0, colon), userInfo.slice(colon + 1)];
      const basic = Buffer.from(`${decoded(user)}:${decoded(password)}`).toString('base64');
      secrets.push(password, decoded(password), basic);
    } else if (userInfo.length >= shortestLoneUser) secrets.push(userInfo, decoded(userInfo));
  }
  const query = /\?([^#]*)/.exec(afterScheme)?.[1] ?? '';
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || !secretParameter.test(pair.slice(0, equals))) continue;
    const parameter = pair.slice(equals + 1);
    secrets.push(parameter, decoded(parameter), decoded(parameter.replaceAll('+', ' ')));
  }
  return secrets;
}

/** The index of the `@` before the host; -1 if there is none. An unencoded password may contain what ends a host. */
function endOfUserInfo(afterScheme: string): number {
  const end = afterScheme.search(/[/?#]/);
  const at = (end < 0 ? afterScheme : afterScheme.slice(0, end)).lastIndexOf('@');
  if (at >= 0 || end < 0) return at;
  const colon = afterScheme.slice(0, end).indexOf(':');
  const isPort = /^\d*$/.test(afterScheme.slice(colon + 1, end));
  return colon < 0 || isPort ? -1 : afterScheme.lastIndexOf('@');
}

/** The secrets of a key that a variable holds itself: as JSON, as PEM, or as base64 of either. */
function keySecrets(value: string): string[] {
  const content = contentOf(value);
  if (content === undefined) return [];
  const text = content === 'base64' ? Buffer.from(value, 'base64').toString('utf8') : value;
  if (!text.includes('PRIVATE KEY') && !secretFields.some((name) => text.includes(name))) return [];
  const fields = content === 'a key or certificate' ? [] : fieldsOf(text);
  return [value, text, ...fields, ...linesOf(value), ...linesOf(text), ...fields.flatMap(linesOf)];
}

function fieldsOf(text: string): string[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return [];
    return secretFields.flatMap((name) => {
      const field: unknown = Reflect.get(parsed, name);
      return typeof field === 'string' ? [field] : [];
    });
  } catch {
    return [];
  }
}

/** A key's lines, since a message may show a part of it. */
function linesOf(text: string): string[] {
  const lines = text.split(/[\r\n]|\\[nr]/).map((line) => line.replaceAll('\\', '').trim());
  return lines.length === 1
    ? []
    : lines.filter((line) => line.length >= shortestLine && !line.includes('-----'));
}
