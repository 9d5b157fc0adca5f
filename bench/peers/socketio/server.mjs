// Rooms on npm "socket.io", written as its documentation writes them: node server.mjs --port 9000 [--echo]
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Server } from 'socket.io';

const { values } = parseArgs({ options: { port: { type: 'string' }, echo: { type: 'boolean', default: false } } });
const http = createServer();
const io = new Server(http);

io.on('connection', socket => {
  let room;
  socket.on('join', name => {
    room = name;
    socket.join(name);
  });
  socket.on('message', text => {
    if (values.echo) socket.emit('message', text);
    else if (room === undefined) socket.broadcast.emit('message', text);
    else socket.to(room).emit('message', text);
  });
});

http.listen(Number(values.port), '127.0.0.1');
