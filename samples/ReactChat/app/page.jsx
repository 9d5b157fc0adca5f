"use client";

import { useEffect, useRef, useState } from "react";
import { io } from "socket.io-client";

export default function Page() {
  const socket = useRef(null);
  const [connected, setConnected] = useState(false);
  const [messages, setMessages] = useState([]);
  const [text, setText] = useState("");

  useEffect(() => {
    socket.current = io("http://localhost:8080");
    socket.current.on("connect", () => setConnected(true));
    socket.current.on("disconnect", () => setConnected(false));
    socket.current.on("message", message => setMessages(messages => [...messages, message]));
    return () => socket.current.disconnect();
  }, []);

  function send(event) {
    event.preventDefault();
    if (!text.trim()) return;
    socket.current.emit("message", text);
    setText("");
  }

  return (
    <main>
      <h1>Chat</h1>
      <p role="status">{connected ? "Connected" : "Connecting…"}</p>
      <ol>
        {messages.map((message, index) => (
          <li key={index}>{message}</li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input aria-label="Message" placeholder="Message" value={text} onChange={event => setText(event.target.value)} />
        <button disabled={!connected}>Send</button>
      </form>
    </main>
  );
}
