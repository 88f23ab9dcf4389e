import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/**
 * Standard input and output of a subprocess as one stream. Destroying it ends the process; a failed process is the stream's error, with
 * its last words. The duplex() of execa does neither.
 */
export function processStream(argv: readonly string[]): Duplex {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    // A write that fails is not the news: the end of the process says why.
    write: (chunk, _encoding, callback) => void child.stdin.write(chunk, () => callback()),
    final: (callback) => void child.stdin.end(() => callback()),
    destroy: (error, callback) => {
      child.kill();
      callback(error);
    },
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (data: Buffer) => {
    if (!stream.push(data)) child.stdout.pause();
  });
  child.stderr.on('data', (data: Buffer) => (words = (words + data.toString()).slice(-2_000)));
  child.once('error', (error) => stream.destroy(error));
  child.once('close', (code, signal) => {
    if (stream.destroyed) return;
    // A relay whose other end went away ends well. Nobody is left to write to, so the stream closes, and calls on it fail at once.
    if (code === 0) stream.once('end', () => stream.destroy()).push(null);
    else stream.destroy(new Error(words.trim().split('\n').at(-1) || `${file} ended: ${signal ?? `exit code ${code}`}`));
  });
  return stream;
}
