curl --request PUT --data on http://localhost:8080/api/rooms/house/state/lamp
