import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

/** The hub's status, as it is now. */
export function useStatus(hub) {
  const subscribe = useCallback(changed => hub.on("status", changed), [hub]);
  return useSyncExternalStore(subscribe, () => hub.status);
}

/** A room, joined as long as the component is there: the last messages and gaps, the members, and what is said but not acknowledged yet. */
export function useRoom(hub, name, most = 200) {
  const room = useRef(null);
  const [items, setItems] = useState([]);
  const [members, setMembers] = useState([]);
  const [pending, setPending] = useState([]);
  const [refused, setRefused] = useState(null);

  const add = useCallback(
    item => setItems(items => (items.some(other => isSame(other, item)) ? items : [...items, item].slice(-most))),
    [most],
  );

  useEffect(() => {
    const joined = (room.current = hub.room(name, { last: 50, presence: true }));
    setItems([]);
    setMembers([]);
    setPending([]);
    setRefused(null);
    joined.on("message", add);
    joined.on("gap", add);
    joined.on("presence", () => setMembers([...joined.members.values()]));
    joined.on("left", setRefused);
    joined.enter().catch(() => {}); // A room that does not take members is told of by "left", or is one to read.
    return () => void joined.leave();
  }, [hub, name, add]);

  // In a room without echo the acknowledgement is all that one hears of oneself, in one with it the message comes besides.
  const publish = useCallback(
    async text => {
      const item = { type: "message", own: true, text };
      const said = room.current;
      setPending(pending => [...pending, item]);
      try {
        const acknowledged = await said.publish(text);
        // Not into the list of another room, if that is shown by now.
        if (said === room.current) add({ ...item, ...acknowledged });
      } finally {
        setPending(pending => pending.filter(other => other !== item));
      }
    },
    [add],
  );

  return { items, members, pending, refused, publish };
}

function isSame(one, other) {
  return one.position !== undefined && one.position === other.position;
}
