/** A page of our own: no script, its style from `/pages.css`, so that the strictest policy holds. */
export function page(title: string, body: string, options: { basePath: string; signOut?: boolean }): string {
  const { basePath, signOut = false } = options;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Journal migration</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${basePath}/pages.css">
</head>
<body>
${signOut ? signOutForm(basePath) : ''}${body}
</body>
</html>
`;
}

/** Ends the session that the browser has. */
function signOutForm(basePath: string): string {
  return `<form class="sign-out" method="post" action="${basePath}/sign-out"><button>Sign out</button></form>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
