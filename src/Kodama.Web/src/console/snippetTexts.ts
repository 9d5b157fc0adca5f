import { Urls } from '../hub/urls';

export interface Snippet {
  id: string;
  title: string;
  code: string;
}

/** Stands for a token that these texts must not show. */
const tokenPlaceholder = 'YOUR_TOKEN';

/** A first program for each kind of client, with the address of this hub in it. */
export function snippets(base: string, defaultRoom: string, tokenRequired: boolean): Snippet[] {
  const urls = new Urls(base, defaultRoom, tokenRequired ? tokenPlaceholder : '');
  const socket = (name: string) => urls.socket(defaultRoom, { name });
  // This client puts its details into the query by itself, in place of what is there.
  const dartDetails = tokenRequired ? `'name': 'Dart', 'token': '${tokenPlaceholder}'` : `'name': 'Dart'`;

  const { origin, pathname } = new URL(base);
  const socketIOPath = pathname === '/' ? '' : `path: "${pathname.replace(/\/?$/, '/socket.io/')}", `;
  const tokenOption = tokenRequired ? ` --token ${tokenPlaceholder}` : '';

  return [
    {
      id: 'browser',
      title: 'Browser',
      code: `const socket = new WebSocket("${socket('Browser')}");

socket.onopen = () => socket.send("Hello");
socket.onmessage = event => console.log(event.data);`,
    },
    {
      id: 'node',
      title: 'Node.js',
      code: `// npm install ws
// Save this as hello.mjs, then: node hello.mjs
import WebSocket from "ws";

const socket = new WebSocket("${socket('Node')}");

socket.on("open", () => socket.send("Hello"));
socket.on("message", (data, isBinary) => console.log(isBinary ? data : data.toString()));`,
    },
    {
      id: 'socketio',
      title: 'Socket.IO',
      code: `// npm install socket.io-client
// Save this as hello.mjs, then: node hello.mjs
import { io } from "socket.io-client";

const socket = io("${origin}", { ${socketIOPath}query: { name: "Socket"${tokenRequired ? `, token: "${tokenPlaceholder}"` : ''} } });

socket.emit("message", "Hello");
socket.on("message", data => console.log(data));`,
    },
    {
      id: 'kodama',
      title: 'kodama',
      code: `# Say something, without staying
echo Hello | kodama connect '${base}' --name Pipe${tokenOption}

# Chat in the terminal
kodama connect '${base}' --name Terminal${tokenOption}`,
    },
    {
      id: 'python',
      title: 'Python',
      code: `# pip install websockets
import asyncio
import websockets

async def main():
    async with websockets.connect("${socket('Python')}") as socket:
        await socket.send("Hello")
        async for message in socket:
            print(message)

asyncio.run(main())`,
    },
    {
      id: 'csharp',
      title: 'C#',
      code: `using System.Net.WebSockets;
using System.Text;

using var socket = new ClientWebSocket();
await socket.ConnectAsync(new Uri("${socket('DotNet')}"), default);
await socket.SendAsync("Hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);

var buffer = new byte[64 * 1024];
while (true)
{
    var received = await socket.ReceiveAsync(buffer, default);
    if (received.MessageType == WebSocketMessageType.Close)
        break;
    Console.WriteLine(Encoding.UTF8.GetString(buffer, 0, received.Count));
}`,
    },
    {
      id: 'dart',
      title: 'Dart',
      code: `// dart pub add local_websocket
import 'package:local_websocket/local_websocket.dart';

void main() async {
  final client = Client(details: {${dartDetails}});
  client.messageStream.listen(print);
  await client.connect('${new Urls(base, defaultRoom).socket(defaultRoom)}');
  client.send('Hello');
}`,
    },
    {
      id: 'flutter',
      title: 'Flutter',
      code: `// flutter pub add web_socket_channel
import 'package:web_socket_channel/web_socket_channel.dart';

Future<void> main() async {
  final channel = WebSocketChannel.connect(Uri.parse('${socket('Flutter')}'));
  await channel.ready;
  channel.stream.listen(print);
  channel.sink.add('Hello');
}`,
    },
    {
      id: 'curl',
      title: 'curl',
      code: `# Say something, without staying
curl --header 'Content-Type: text/plain' --data 'Hello' '${urls.messages(defaultRoom)}'

# Watch what happens
curl --no-buffer '${urls.api('events')}'`,
    },
  ];
}
