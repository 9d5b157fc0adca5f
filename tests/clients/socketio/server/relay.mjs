// What `kodama serve` does without any handlers, as somebody would write it for node: every event goes to the others of the room
// in which its sender speaks, in echo mode to the sender too.
const everybody = "everybody";

export function relay(io, { echo = false }) {
  const serve = socket => {
    const rooms = [everybody];
    socket.join(everybody);
    socket.onAny((event, ...args) => {
      const answer = typeof args.at(-1) === "function" ? args.pop() : () => {};
      if (event === "join" || event === "leave") {
        const room = args[0];
        if (rooms.includes(room)) rooms.splice(rooms.indexOf(room), 1);
        if (event === "join") rooms.push(room);
        socket[event](room);
      } else {
        (echo ? socket.nsp : socket).to(rooms.at(-1)).emit(event, ...args);
      }
      answer();
    });
  };
  io.on("connection", serve);
  io.of(/^\/./).on("connection", serve);
}
