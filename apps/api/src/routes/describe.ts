import { isSignedIn } from '../access/access-guard.ts';
import { externalAddressOf } from '../access/external-address.ts';
import { docsPage } from '../openapi/docs-page.ts';
import { openApiDocument } from '../openapi/document.ts';
import { type Route, route } from '../route.ts';

/** `GET /openapi.json` and `GET /docs`: the description of all routes, these two included. */
export function describe(table: readonly Route[]): readonly Route[] {
  let document: object | undefined;
  const described = (): object => (document ??= openApiDocument([...table, openapi, docs]));
  const openapi = route({
    id: 'openapi',
    path: '/openapi.json',
    tag: 'Watching',
    summary: 'This document',
    needsRedis: false,
    answers: { 200: { description: 'The document' } },
    handle: (_context, { response }) => {
      const { basePath } = externalAddressOf(response);
      response.json({ ...described(), servers: [{ url: basePath || '/' }] });
    },
  });
  const docs = route({
    id: 'docs',
    path: '/docs',
    tag: 'Watching',
    summary: 'The OpenAPI document as an HTML page',
    needsRedis: false,
    answers: { 200: { description: 'The page', type: 'text/html' } },
    handle: (_context, { response }) => {
      const { basePath } = externalAddressOf(response);
      response.type('html').send(docsPage(described(), { basePath, signOut: isSignedIn(response) }));
    },
  });
  return [openapi, docs];
}
