import type { RequestHandler } from 'express';

import { isSignedIn } from '../access/access-guard.ts';
import { externalAddressOf } from '../access/external-address.ts';
import { docsPage } from '../openapi/docs-page.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { Route } from '../routes.ts';

/** `GET /openapi.json` and `GET /docs`: what the table, and these two, are. */
export function describe(table: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  const described = (): object => (document ??= openApiDocument([...table, ...own]));
  const json: RequestHandler = (_request, response) => {
    const { basePath } = externalAddressOf(response);
    response.json({ ...described(), servers: [{ url: basePath || '/' }] });
  };
  const html: RequestHandler = (_request, response) => {
    const { basePath } = externalAddressOf(response);
    response.type('html').send(docsPage(described(), { basePath, signOut: isSignedIn(response) }));
  };
  const own: readonly Route[] = [
    { id: 'openapi', method: 'get', path: '/openapi.json', handle: json },
    { id: 'docs', method: 'get', path: '/docs', handle: html },
  ];
  return own;
}
