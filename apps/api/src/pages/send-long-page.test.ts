import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import type { Queryable } from '@messaging/db';
import { UnavailableError } from '@messaging/shared';
import type { Request, Response } from 'express';
import { createLongPageSender } from './send-long-page.ts';

test('refuses more pages at once than memory is meant for, until one of them is done', async () => {
  const send = createLongPageSender({ closing: new AbortController().signal, drainDelayMs: 0 });
  const req = new IncomingMessage(new Socket()) as Request;
  const db = { query: () => new Promise(() => {}) } as unknown as Queryable;
  const messages = [{ bytes: 1, item: { id: 1, contactId: 1, content: '' } }];
  const pagination = {
    page: 1,
    pageSize: 1,
    total: 1,
    totalPages: 1,
    totalIsExact: true,
    hasMore: false,
    nextCursor: null,
  };
  const sendOne = () => {
    const res = new ServerResponse(req) as Response;
    return { res, sent: send(req, res, 'messages', { db, messages, pagination }) };
  };
  const first = sendOne();
  for (let i = 1; i < 32; i++) sendOne();
  await expect(sendOne().sent).rejects.toThrow(UnavailableError);
  first.res.emit('close');
  sendOne();
  await expect(sendOne().sent).rejects.toThrow(UnavailableError);
});
