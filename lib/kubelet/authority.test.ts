import fc from 'fast-check';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { listen } from '../util/listen.ts';
import { authorityField, withoutSlashes } from './authority.ts';

test('the field is written as an implementation of HTTP/2 writes it', async () => {
  const value = '/var/lib/podproof-0123456789/abcdefghijklmnopqrstuvwxyz.sock';
  const server = createServer();
  await using served = await listen(server);
  const arrived = once(server, 'connection');
  const session = connect(`http://127.0.0.1:${served.port}`);
  session.on('error', () => undefined);
  const call = session.request({ ':authority': value });
  call.on('error', () => undefined);
  const [connection] = await arrived;
  let bytes = Buffer.alloc(0);
  for await (const chunk of connection) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.includes(authorityField(value))) break;
  }
  session.destroy();
  expect(bytes.includes(authorityField(value))).toBe(true);
});

test('wherever a connection is cut, its authority has dots for slashes and all else is as it was', async () => {
  const [path, name] = [authorityField('/run/x.sock'), authorityField('.run.x.sock')];
  const part = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constant(path), fc.constant(path.subarray(0, 5)));
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.array(fc.nat({ max: 12 })), async (parts, cuts) => {
      const sent = Buffer.concat(parts);
      const connection = new PassThrough();
      const got = buffer(withoutSlashes(connection, '/run/x.sock'));
      let from = 0;
      for (const cut of cuts) connection.write(sent.subarray(from, (from += cut)));
      connection.end(sent.subarray(from));
      const expected = Buffer.from(sent);
      for (let at = expected.indexOf(path); at >= 0; at = expected.indexOf(path)) name.copy(expected, at);
      expect(await got).toEqual(expected);
    }),
  );
});

test('a path that has no code here is refused', () => {
  expect(() => authorityField('/run/X')).toThrow('no code for "X"');
  expect(() => authorityField('a'.repeat(300))).toThrow('too long');
});
