import WebSocket from "ws";

const socket = new WebSocket("ws://localhost:8080/ws?name=Node");
socket.on("open", () => socket.send("Hello"));
socket.on("message", (data, isBinary) => console.log(isBinary ? data : data.toString()));
