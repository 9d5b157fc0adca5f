import 'package:local_websocket/local_websocket.dart';

void main() async {
  final server = Server(echo: false, details: {'name': 'Lounge'});
  await server.start('0.0.0.0', port: 8080);
}
