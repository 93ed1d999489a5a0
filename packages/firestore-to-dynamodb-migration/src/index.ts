// First, and in a file of its own: what the rest imports fails on an older Node with errors that name no cause.
import './require-node.ts';

export * from './main.ts';
