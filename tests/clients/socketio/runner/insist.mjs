// Says it again and again until it is heard: what is volatile is lost where the server still has something to send.
export async function insist(socket, event, say) {
  let isHeard = false;
  const heard = socket.inbox.take(event).finally(() => (isHeard = true));
  while (!isHeard) await say();
  return heard;
}
