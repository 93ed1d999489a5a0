import { pageFolder } from '@migrator/dashboard';
import express, { type RequestHandler } from 'express';

/** The dashboard: its page at `/`, what the page loads below `/dashboard/`. */
export function dashboard(): RequestHandler {
  return express.static(pageFolder, {
    redirect: false,
    cacheControl: false,
    // Asked for anew each time, so that a page never runs with modules of another version.
    setHeaders: (response) => response.setHeader('Cache-Control', 'no-cache'),
  });
}
