import { decodeEvent, type HubEvent } from '../src/hub/wire';

/** The wire's own JSON, so that tests pass through the decoder as the page does. */
export const peer = (id: string, details: Record<string, string> = {}, rooms = ['lobby']) => ({
  id,
  details,
  rooms,
  door: 'websocket',
  address: '192.168.1.31',
  connectedAt: '2026-01-01T00:00:00.000Z',
  messagesIn: 0,
});

export const room = (name: string, offset = 0, peers = 1) => ({ name, epoch: 'e1', offset, peers, echo: false });

export const snapshot = (peers: unknown[] = [], rooms: ReturnType<typeof room>[] = []): HubEvent =>
  decodeEvent('snapshot', JSON.stringify({ room: rooms[0] ?? null, rooms, peers }));

export const join = (who: ReturnType<typeof peer>, name = 'lobby'): HubEvent =>
  decodeEvent('join', JSON.stringify({ room: name, peer: who, time: '2026-01-01T00:00:00.000Z' }));

export const leave = (who: ReturnType<typeof peer>, name = 'lobby', reason?: { code: number; text: string }): HubEvent =>
  decodeEvent('leave', JSON.stringify({ room: name, peer: who, time: '2026-01-01T00:00:00.000Z', reason }));

export const message = (from: string | null, text: string, offset = 1, more: object = {}): HubEvent =>
  decodeEvent(
    'message',
    JSON.stringify({
      room: 'lobby',
      epoch: 'e1',
      offset,
      time: '2026-01-01T00:00:00.000Z',
      event: 'message',
      ...(from && { from: { id: from, details: {} } }),
      text,
      ...more,
    }),
  );

export const stats = (second: number, counts: { messagesIn?: number; messagesOut?: number; peers?: number } = {}): HubEvent =>
  decodeEvent('stats', JSON.stringify({ time: new Date(second * 1000).toISOString(), ...counts }));
