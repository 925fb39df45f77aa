import type { Pagination } from '@messaging/shared';
import type { Response } from 'express';

/** Sends a page whose rows are JSON text already, under `name`. */
export function sendJsonPage(
  res: Response,
  name: string,
  { itemsJson, pagination }: { itemsJson: string; pagination: Pagination },
): void {
  res.type('application/json').send(`{"${name}":${itemsJson},"pagination":${JSON.stringify(pagination)}}`);
}
