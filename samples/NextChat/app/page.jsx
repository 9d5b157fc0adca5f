"use client";

import { useEffect, useState } from "react";
import { socket } from "./socket";

export default function Page() {
  const [isConnected, setIsConnected] = useState(false);
  const [transport, setTransport] = useState("N/A");
  const [messages, setMessages] = useState([]);
  const [text, setText] = useState("");

  useEffect(() => {
    function onConnect() {
      setIsConnected(true);
      setTransport(socket.io.engine.transport.name);
      socket.io.engine.on("upgrade", transport => setTransport(transport.name));
    }
    function onDisconnect() {
      setIsConnected(false);
      setTransport("N/A");
    }
    function onMessage(message) {
      setMessages(messages => [...messages, message]);
    }

    if (socket.connected) onConnect();
    socket.on("connect", onConnect);
    socket.on("disconnect", onDisconnect);
    socket.on("message", onMessage);
    return () => {
      socket.off("connect", onConnect);
      socket.off("disconnect", onDisconnect);
      socket.off("message", onMessage);
    };
  }, []);

  function send(event) {
    event.preventDefault();
    if (!text) return;
    socket.emit("message", text);
    setText("");
  }

  return (
    <main>
      <p role="status">{isConnected ? `connected by ${transport}` : "disconnected"}</p>
      <ol>
        {messages.map((message, index) => (
          <li key={index}>{message}</li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input aria-label="Message" value={text} onChange={event => setText(event.target.value)} />
        <button>Send</button>
      </form>
    </main>
  );
}
