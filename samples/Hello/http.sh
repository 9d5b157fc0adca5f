curl --header 'Content-Type: text/plain' --data 'Hello' http://localhost:8080/api/rooms/lobby/messages
curl http://localhost:8080/api/rooms/lobby/messages                        # what was said, page by page
curl --no-buffer 'http://localhost:8080/api/rooms/lobby/events?rewind=10'   # and then what is said, as it is said
