/**
 * The encodings in which a secret may occur: as it is, decoded, in a URL, a form, JSON, JSON inside JSON, and base64.
 */
export function spellingsOf(secret: string): string[] {
  const plain = new Set([secret, secret.trim(), decoded(secret)].filter((text) => text !== ''));
  const encoded = [...plain].flatMap((text) => {
    const component = encodeURIComponent(text.toWellFormed());
    const form = new URLSearchParams({ x: text }).toString().slice('x='.length);
    return [
      text,
      component,
      lowerCaseEscapes(component),
      inUserInfo(text),
      form,
      encodeURI(text.toWellFormed()),
    ];
  });
  const all = [...new Set(encoded)].flatMap((text) => {
    const json = inJson(text);
    return [text, json, inJson(json)];
  });
  const base64 = [...plain].flatMap((text) => [
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
  ]);
  return [...new Set([...all, ...base64])];
}

/** Percent escapes undone; a text in which they are none stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function lowerCaseEscapes(text: string): string {
  return text.replaceAll(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase());
}

/** As `URL` writes a password. */
function inUserInfo(text: string): string {
  const url = new URL('http://host');
  url.password = text;
  return url.password;
}
