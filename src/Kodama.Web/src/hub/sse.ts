/**
 * Reads Server-Sent Events (HTML standard, section 9.2) until the stream ends: EventSource sends no header, and hides why it was refused.
 * Ids and delays are for who goes on where it was, which the hub's own stream cannot.
 */
export async function readEvents(body: ReadableStream<Uint8Array>, tell: (name: string, data: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = decoder.decode(value, { stream: true });
    rest += text;
    // A long line comes in many pieces, and is looked at when it has ended.
    if (!text.includes('\n')) continue;
    const lines = rest.split('\n');
    rest = lines.pop()!;
    for (const ended of lines) {
      const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
      if (line === '') {
        if (data.length > 0) tell(name || 'message', data.join('\n'));
        name = '';
        data = [];
      } else if (line.startsWith('event:')) {
        name = valueOf(line);
      } else if (line.startsWith('data:')) {
        data.push(valueOf(line));
      }
    }
  }
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(':') + 1).replace(/^ /, '');
}
