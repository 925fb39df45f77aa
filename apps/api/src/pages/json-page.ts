import type { Pagination } from '@messaging/shared';
import type { Response } from 'express';

/** The bytes of a page whose rows are JSON text already, under `name`: made once for all requests that share it. */
export function toJsonPage(name: string, page: { itemsJson: string; pagination: Pagination }): Buffer {
  return Buffer.from(`{"${name}":${page.itemsJson},"pagination":${JSON.stringify(page.pagination)}}`);
}

/** Sends such bytes. */
export function sendJsonBytes(res: Response, bytes: Buffer): void {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.send(bytes);
}
