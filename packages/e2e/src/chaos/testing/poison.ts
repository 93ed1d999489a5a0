import { existsSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Loaded into a worker by `--import`: as long as the file POISON_WHILE is there, the process dies on the spot when it
 * sends DynamoDB anything that holds POISON_TEXT.
 */
const {
  POISON_TEXT: poison = '',
  POISON_WHILE: file = '',
  AWS_ENDPOINT_URL_DYNAMODB: endpoint = '',
} = process.env;
const port = Number(new URL(endpoint).port);
const write: (this: Socket, ...sent: Parameters<Socket['write']>) => boolean = Reflect.get(
  Socket.prototype,
  'write',
);

Object.defineProperty(Socket.prototype, 'write', {
  configurable: true,
  writable: true,
  value(this: Socket, ...sent: Parameters<Socket['write']>): boolean {
    const [piece] = sent;
    if (this.remotePort === port && Buffer.from(piece).includes(poison) && existsSync(file)) {
      process.kill(process.pid, 'SIGKILL');
    }
    return Reflect.apply(write, this, sent);
  },
});
