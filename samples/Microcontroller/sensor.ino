// A sensor on an ESP8266 or ESP32 that says how warm it is, every ten seconds, over a plain WebSocket. Library: WebSockets (Links2004).
#ifdef ESP32
#include <WiFi.h>
#else
#include <ESP8266WiFi.h>
#endif
#include <WebSocketsClient.h>

const char* ssid = "your network";
const char* password = "its password";
const char* hub = "192.168.1.20";  // As `kodama serve` prints it; give the hub's machine a fixed address.

WebSocketsClient socket;
unsigned long next = 0;

void heard(WStype_t type, uint8_t* payload, size_t length) {
  if (type == WStype_CONNECTED) Serial.println("In the room.");
  if (type == WStype_DISCONNECTED) Serial.println("Away; it tries again by itself.");
  if (type == WStype_TEXT) Serial.write(payload, length);
}

void setup() {
  Serial.begin(115200);
  WiFi.begin(ssid, password);
  while (WiFi.status() != WL_CONNECTED) delay(200);
  socket.begin(hub, 8080, "/ws/sensors?name=attic");
  socket.setReconnectInterval(2000);
  // The hub pings each 20 s of silence, and the library answers; this finds out when the hub is gone.
  socket.enableHeartbeat(15000, 5000, 2);
  socket.onEvent(heard);
}

void loop() {
  socket.loop();
  if (millis() < next || !socket.isConnected()) return;
  next = millis() + 10000;
  char reading[64];
  snprintf(reading, sizeof reading, "{\"sensor\":\"attic\",\"celsius\":%.1f}", analogRead(A0) * 0.1);
  socket.sendTXT(reading);
}
