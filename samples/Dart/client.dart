import 'package:local_websocket/local_websocket.dart';

void main() async {
  final client = Client(details: {'name': 'Dart'});
  client.messageStream.listen(print);
  await client.connect('ws://localhost:8080/ws');
  client.send('Hello');
}
