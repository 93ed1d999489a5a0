import { escapeHtml } from '@migrator/core';

/** An HTML page without scripts, with its style from `/pages.css`, as the content security policy requires. */
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

function signOutForm(basePath: string): string {
  return `<form class="sign-out" method="post" action="${basePath}/sign-out"><button>Sign out</button></form>\n`;
}

export const pagesCss = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #394150); --soft: light-dark(#f4f6f9, #1b2029); --accent: light-dark(#0b5cad, #6cb2ff); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: light-dark(#fff, #12161c); color: light-dark(#1c2430, #dfe5ee); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
main.narrow { max-width: 24rem; padding-top: 15vh; }
form { display: grid; gap: .75rem; }
form.sign-out { position: absolute; top: 1rem; right: 1rem; }
input[type=password] { font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .4rem; }
button { font: inherit; padding: .5rem; border: 0; border-radius: .4rem; background: light-dark(#0b5cad, #1f6fbf); color: #fff; cursor: pointer; }
a { color: var(--accent); }
.complaint { border-left: .25rem solid #c2341d; padding: .25rem .75rem; background: var(--soft); }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; }
summary { padding: .5rem .75rem; cursor: pointer; }
details > div { padding: 0 .75rem .75rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: .4rem; padding: .75rem; overflow-x: auto; }
.method { display: inline-block; min-width: 3.5rem; font-weight: 600; color: var(--accent); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .35rem .5rem; }
`;
