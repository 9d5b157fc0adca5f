const socket = new WebSocket("ws://localhost:8080/ws?name=Browser");
socket.onopen = () => socket.send("Hello");
socket.onmessage = event => console.log(event.data);
