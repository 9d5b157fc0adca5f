// The handlers that scenarios talk to. tests/Kodama.SocketIO.Program has the same in C#.

const refusal = (message, data) => Object.assign(new Error(message), { data });
const shown = socket => ({ id: socket.id, rooms: [...socket.rooms].sort(), data: socket.data });

// {"from":"socket"|"namespace","to":[...],"except":[...],"local":true,"volatile":true,"timeout":ms}
function chosen(socket, { from = "namespace", to = [], except = [], local, volatile, timeout }) {
  let operator = from === "socket" ? socket.broadcast : socket.nsp;
  if (to.length > 0) operator = operator.to(to);
  if (except.length > 0) operator = operator.except(except);
  if (local) operator = operator.local;
  if (volatile) operator = operator.volatile;
  if (timeout) operator = operator.timeout(timeout);
  return operator;
}

export function program(io, tell) {
  const serve = namespace => namespace.on("connection", socket => connected(socket, tell));

  serve(io);
  serve(io.of("/chat"));
  serve(io.of(/^\/room-\d+$/));
  serve(io.of((name, auth, next) => next(null, name.startsWith("/guest-") && auth.welcome === true)));

  const admin = io.of("/admin");
  admin.use((socket, next) => {
    next(socket.handshake.auth.token === "secret" ? undefined : refusal("not authorized", { code: 401, hint: "ask" }));
  });
  admin.use((socket, next) => {
    socket.data.steps = ["first"];
    setImmediate(next);
  });
  admin.use((socket, next) => {
    socket.data.steps.push("second");
    next(socket.handshake.auth.banned ? refusal("banned") : undefined);
  });
  serve(admin);
}

function connected(socket, tell) {
  tell("connected", socket.nsp.name, socket.id, socket.recovered);
  socket.on("disconnecting", reason => {
    tell("disconnecting", socket.nsp.name, reason, [...socket.rooms].filter(room => room !== socket.id).sort());
  });
  socket.on("disconnect", reason => tell("disconnect", socket.nsp.name, reason));

  socket.use(([event, ...args], next) => next(event === "forbidden" ? refusal("forbidden", args) : undefined));
  socket.on("error", error => socket.emit("refused", error.message, error.data));

  socket.on("echo", (...args) => socket.emit("echo", ...args));
  socket.on("emit", (event, ...args) => socket.emit(event, ...args));
  socket.on("send", (...args) => socket.send(...args));
  socket.on("answer", (...args) => args.pop()(...args));
  socket.on("answer twice", answer => [1, 2].forEach(n => answer(n)));
  socket.on("never", () => {});
  socket.on("hear", (...args) => tell("heard", ...args));
  socket.on("7", (...args) => tell("seventh", ...args));
  socket.on("many", (event, count) => {
    for (let n = 0; n < count; n++) socket.emit(event, n);
  });

  socket.on("join", async (room, answer) => answer(await socket.join(room)));
  socket.on("leave", async (room, answer) => answer(await socket.leave(room)));
  socket.on("rooms", answer => answer([...socket.rooms].filter(room => room !== socket.id).sort()));
  socket.on("keep", (key, value, answer) => answer((socket.data[key] = value)));
  socket.on("handshake", answer => answer(handshake(socket)));

  socket.on("broadcast", (choice, ...message) => chosen(socket, choice).emit(...message));
  socket.on("ask all", (choice, ...message) => {
    const answer = message.pop();
    chosen(socket, choice).emit(...message, (error, responses) => answer({ late: error != null, responses: responses.flat().sort() }));
  });
  socket.on("ask", async (timeout, ...message) => {
    const answer = message.pop();
    try {
      answer({ answer: await socket.timeout(timeout).emitWithAck(...message) });
    } catch (error) {
      answer({ error: error.message });
    }
  });

  socket.on("fetch", async (choice, answer) => answer((await chosen(socket, choice).fetchSockets()).map(shown)));
  socket.on("sockets join", (choice, rooms, answer) => answer(chosen(socket, choice).socketsJoin(rooms)));
  socket.on("sockets leave", (choice, rooms, answer) => answer(chosen(socket, choice).socketsLeave(rooms)));
  socket.on("disconnect sockets", (choice, close) => chosen(socket, choice).disconnectSockets(close));
  socket.on("disconnect me", close => socket.disconnect(close));

  socket.on("watch", answer => {
    socket.onAny((event, ...args) => tell("incoming", event, ...args.filter(arg => typeof arg !== "function")));
    socket.onAnyOutgoing((event, ...args) => tell("outgoing", event, ...args));
    answer();
  });
}

function handshake({ handshake: { query, auth, headers, secure, xdomain, address, url }, conn }) {
  return {
    query, auth, header: headers["x-test"] ?? null, secure, xdomain, address, url: url.split("?")[0],
    transport: conn.transport.name,
  };
}
