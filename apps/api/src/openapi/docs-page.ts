import { escapeHtml } from '@migrator/core';

import { page } from '../html-page.ts';

interface Shown {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: unknown;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: unknown }>>;

/** The OpenAPI document as an HTML page, rendered on the server because pages have no scripts. */
export function docsPage(document: object, options: { basePath: string; signOut: boolean }): string {
  const { tags, paths, components } = document as Shown;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = tags.map(({ name }) => {
    const inGroup = all.filter(({ operation }) => operation.tags.includes(name));
    return `<section><h2>${escapeHtml(name)}</h2>${inGroup.map(operationHtml).join('')}</section>`;
  });
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary><div>${json(schema)}</div></details>`,
  );
  return page(
    'API',
    `<main><h1>Journal migration: API</h1>
<p>The same as <a href="${options.basePath}/openapi.json">/openapi.json</a>. Errors are problem documents (RFC 9457) with a stable <code>code</code>.</p>
${groups.join('\n')}
<section><h2>Schemas</h2>${schemas.join('')}</section></main>`,
    options,
  );
}

function operationHtml({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}): string {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(
    (one) =>
      `<tr><td><code>${escapeHtml(one.name)}</code></td><td>${escapeHtml(one.in)}${one.required === true ? ', required' : ''}</td>` +
      `<td>${escapeHtml(one.description ?? '')}</td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description: meaning, content = {} }]) =>
      `<tr><td>${escapeHtml(status)}</td><td>${escapeHtml(meaning)}</td><td>${Object.entries(content).map(contentHtml).join('')}</td></tr>`,
  );
  return `<details><summary><span class="method">${escapeHtml(method.toUpperCase())}</span> <code>${escapeHtml(path)}</code> ${escapeHtml(summary)}</summary><div>
${description === undefined ? '' : `<p>${escapeHtml(description)}</p>`}
${rows.length === 0 ? '' : `<h4>Parameters</h4><table>${rows.join('')}</table>`}
${
  requestBody === undefined
    ? ''
    : `<h4>Body</h4>${Object.values(requestBody.content)
        .map(({ schema }) => json(schema))
        .join('')}`
}
<h4>Answers</h4><table>${answers.join('')}</table></div></details>`;
}

function contentHtml([type, { schema }]: [string, { readonly schema?: unknown }]): string {
  const { $ref = '' } = (schema ?? {}) as { $ref?: string };
  const name = /^#\/components\/schemas\/(\w+)$/.exec($ref)?.[1];
  const of = name === undefined ? '' : ` <a href="#${name}">${name}</a>`;
  return `<code>${escapeHtml(type)}</code>${of}`;
}

function json(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}
