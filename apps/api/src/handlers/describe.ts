import type { RequestHandler } from 'express';

import { docsPage } from '../openapi/docs-page.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { Route } from '../routes.ts';

/** `GET /openapi.json` and `GET /docs`: what the table, and these two, are. */
export function describe(table: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  const described = (): object => (document ??= openApiDocument([...table, ...own]));
  const json: RequestHandler = (_request, response) => {
    response.json(described());
  };
  const html: RequestHandler = (_request, response) => {
    response.type('html').send(docsPage(described()));
  };
  const own: readonly Route[] = [
    { id: 'openapi', method: 'get', path: '/openapi.json', handle: json },
    { id: 'docs', method: 'get', path: '/docs', handle: html },
  ];
  return own;
}
