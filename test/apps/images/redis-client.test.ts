import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RedisClient } from '../../../apps/images/redis-client';

let server: Server;
let sockets: Socket[];
let received: string;
let answer: (text: string, socket: Socket) => void;

beforeEach(async () => {
  [sockets, received] = [[], ''];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (data) => {
      received += String(data);
      answer(String(data), socket);
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  process.env.REDIS_HOST = '127.0.0.1';
  process.env.REDIS_PORT = String(typeof address === 'object' ? address?.port : '');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('sends commands as arrays, and reads every kind of answer, also in pieces', async () => {
  const answers = ['+OK\r\n', '$5\r\nvalue\r\n', '$-1\r\n', ':7\r\n', '*2\r\n$1\r\na\r\n:1\r\n', '-ERR no\r\n'];
  answer = (_, socket) => {
    for (const part of answers.join('').match(/.{1,3}/gs) ?? []) socket.write(part);
    answer = () => {};
  };
  const client = new RedisClient();
  const commands = answers.map(() => client.command(['SET', 'ä', 1]));
  expect(await Promise.all(commands.slice(0, 5))).toEqual(['OK', 'value', null, 7, ['a', 1]]);
  await expect(commands[5]).rejects.toThrow('Redis: ERR no');
  expect(received.startsWith('*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$1\r\n1\r\n')).toBe(true);
});

it('fails what is under way when the connection is lost, and connects again', async () => {
  answer = (_, socket) => socket.destroy();
  const client = new RedisClient();
  await expect(client.command(['GET', 'a'])).rejects.toThrow();
  answer = (_, socket) => socket.write('+PONG\r\n');
  expect(await client.command(['PING'])).toBe('PONG');
  expect(sockets).toHaveLength(2);
});

it('gives up a Redis that does not answer', async () => {
  answer = () => {};
  await expect(new RedisClient().command(['GET', 'a'])).rejects.toThrow('does not answer');
});
