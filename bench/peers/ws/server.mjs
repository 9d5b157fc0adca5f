// Rooms on npm "ws", written as its README writes a broadcast: node server.mjs --port 9000 [--echo] [--pem FILE]
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';

const { values } = parseArgs({ options: { port: { type: 'string' }, echo: { type: 'boolean', default: false }, pem: { type: 'string' } } });
const rooms = new Map();

const options = { clientTracking: false, maxPayload: 1024 * 1024 };
const place = { host: '127.0.0.1', port: Number(values.port) };
const pem = values.pem && readFileSync(values.pem);
const server = pem
  ? new WebSocketServer({ ...options, server: createServer({ cert: pem, key: pem }).listen(place) })
  : new WebSocketServer({ ...options, ...place });

server.on('connection', (socket, request) => {
  const name = request.url;
  let room = rooms.get(name);
  if (!room) rooms.set(name, (room = new Set()));
  room.add(socket);

  socket.on('error', console.error);
  socket.on('message', (data, binary) => {
    for (const peer of room) {
      if ((values.echo || peer !== socket) && peer.readyState === WebSocket.OPEN) peer.send(data, { binary });
    }
  });
  socket.on('close', () => {
    room.delete(socket);
    if (room.size === 0 && rooms.get(name) === room) rooms.delete(name);
  });
});
