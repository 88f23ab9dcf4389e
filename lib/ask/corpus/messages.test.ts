import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
const schema = z.array(
  z.strictObject({
    id,
    text: z.string().min(1),
    url: z.url({ protocol: /^https$/ }),
    cause: z.string().endsWith('.'),
    /** How the cause is known: the thread or the source says it, or the text alone does. */
    basis: z.enum(['thread', 'source', 'text']),
    symptom: id,
    alternatives: z.array(id),
  }),
);

const messages = schema.parse(JSON.parse(readFileSync(new URL('messages.json', import.meta.url), 'utf8')));

describe('the corpus of failure messages', () => {
  it('is sorted by id and has every id and every text once', () => {
    const ids = messages.map((message) => message.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(new Set(messages.map((message) => message.text)).size).toBe(messages.length);
  });

  it('holds literal output of at most 16 lines', () => {
    expect(messages.filter(({ text }) => text.split('\n').length > 16)).toEqual([]);
  });

  it('names its first answer only once', () => {
    expect(messages.filter(({ symptom, alternatives }) => alternatives.includes(symptom))).toEqual([]);
  });

  it('has no public address, no account and no full container id', () => {
    const address = /\b(?!10\.|127\.|172\.17\.|192\.168\.|255\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?!-)/;
    const account = /\b[\w.]+@(?!\.)[a-z]+\.[a-z]+\b|\/home\/(?!user\b)\w+/;
    const container = /(?<!0)\b(?!0{12})[0-9a-f]{64}\b/;
    const told = messages.filter(({ text }) => [address, account, container].some((pattern) => pattern.test(text)));
    expect(told.map((message) => message.id)).toEqual([]);
  });
});
