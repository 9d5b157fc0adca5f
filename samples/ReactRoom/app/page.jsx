import { useState } from "react";
import { useRoom, useStatus } from "./useRoom.js";

export default function Page({ hub }) {
  const status = useStatus(hub);
  const { items, members, pending, refused, publish } = useRoom(hub, "lounge");
  const [text, setText] = useState("");

  function send(event) {
    event.preventDefault();
    if (!text.trim()) return;
    publish(text).catch(error => alert(error.message));
    setText("");
  }

  return (
    <main>
      <h1>Lounge</h1>
      <p role="status">{refused ? refused.text : status}</p>
      <p>Here: {members.map(member => member.name ?? "somebody").join(", ")}</p>
      <ol>
        {items.map((item, index) => (
          <li key={index}>{item.type === "gap" ? "…" : `${item.own ? "I" : item.name}: ${item.text}`}</li>
        ))}
        {pending.map((item, index) => (
          <li key={`pending ${index}`} className="dim">
            I: {item.text}
          </li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input aria-label="Message" placeholder="Message" value={text} onChange={event => setText(event.target.value)} />
        <button>Send</button>
      </form>
    </main>
  );
}
