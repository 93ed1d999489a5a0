export { chaos, type ChaosOptions, type ChaosResult } from './chaos.ts';
export { describeChaos } from './describe-chaos.ts';
