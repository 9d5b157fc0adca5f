import 'package:flutter/material.dart';
import 'package:local_websocket/local_websocket.dart';

void main() => runApp(const MaterialApp(home: Lounge()));

class Lounge extends StatefulWidget {
  const Lounge({super.key});

  @override
  State<Lounge> createState() => _LoungeState();
}

class _LoungeState extends State<Lounge> {
  final client = Client(details: {'name': 'Flutter'});
  final text = TextEditingController();
  final lines = <String>[];

  @override
  void initState() {
    super.initState();
    client.messageStream.listen((message) => setState(() => lines.add('$message')));
    // The hub's address, as `kodama serve` prints it.
    client.connect('ws://192.168.1.20:8080/ws');
  }

  @override
  void dispose() {
    client.disconnect();
    text.dispose();
    super.dispose();
  }

  void say(String line) {
    client.send(line);
    setState(() => lines.add('I: $line'));
    text.clear();
  }

  @override
  Widget build(BuildContext context) => Scaffold(
        appBar: AppBar(title: const Text('Lounge')),
        body: ListView(children: [for (final line in lines) ListTile(title: Text(line))]),
        bottomNavigationBar: Padding(
          padding: const EdgeInsets.all(12),
          child: TextField(controller: text, onSubmitted: say, decoration: const InputDecoration(hintText: 'Message')),
        ),
      );
}
