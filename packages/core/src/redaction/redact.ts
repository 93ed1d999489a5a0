import { spellingsOf } from './spellings.ts';

/** Shorter secrets would match parts of ordinary words. */
const shortest = 8;
const mask = '***';

export type Redact = (text: string) => string;

/**
 * Patterns of secrets that are not listed. The text may be of any length, so each pattern works in one pass: a match
 * begins with a literal that its own repetitions can't contain, so that no text is scanned twice.
 */
const patterns: readonly (readonly [RegExp, string | ((...parts: string[]) => string)])[] = [
  // AWS sends a request's canonical form back with a refused signature, with the session's token in it.
  [/(x-amz-security-token["']?\s*[:=]\s*["']?)[^\s"',;\\]+/gi, `$1${mask}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${mask}`],
  // A password may hold an @ that is not encoded: up to the last one before the host's end.
  [/(:\/\/[^\s:/"'\\]*):[^\s/"'\\]*@/g, `$1:${mask}@`],
  [/([?&])([\w.-]+)=([^&#\s"'\\]+)/g, maskParameter],
  // Its END line may be missing, and its line breaks may be written as \n, with one backslash or with several.
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?:[\w+/=\s:,.]|-\w|\\+[nr])*(?:-----END [A-Z ]*-----)?/g,
    mask,
  ],
];

const secretParameter = /password|passwd|secret|token|signature|credential|api-?_?key/i;

function maskParameter(whole: string, before: string, name: string): string {
  return secretParameter.test(name) ? `${before}${name}=${mask}` : whole;
}

/** Returns a function that replaces the given secrets, and text that matches a pattern, in a string. */
export function createRedact(secrets: readonly string[]): Redact {
  const known = new Set(secrets.filter((secret) => secret.length >= shortest).flatMap(spellingsOf));
  const longestFirst = [...known].toSorted((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of longestFirst) clean = clean.replaceAll(secret, mask);
    for (const [pattern, replacement] of patterns) {
      // Both are overloads of one method.
      clean = clean.replace(pattern, replacement as string);
    }
    return clean;
  };
}
