export { chaos, type ChaosOptions, type ChaosResult } from './chaos/chaos.ts';
export { describeChaos } from './chaos/describe-chaos.ts';
