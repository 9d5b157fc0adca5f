import { io } from "socket.io-client";

const socket = io("http://localhost:8080", { query: { name: "Socket" } });
socket.emit("message", "Hello");
socket.on("message", data => console.log(data));
