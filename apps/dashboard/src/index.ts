import { fileURLToPath } from 'node:url';

/** The folder of the page, laid out as it is served: `index.html` at `/`, what it loads below `/dashboard/`. */
export const pageFolder = fileURLToPath(new URL('../page/', import.meta.url));
