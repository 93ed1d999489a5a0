// First, in a separate file: on an older Node the other imports fail with unclear errors.
import './require-node.ts';

export * from './main.ts';
