curl -H "Authorization: Bearer $ADMIN" -d "We close in ten minutes" http://localhost:8080/api/admin/messages
curl -H "Authorization: Bearer $ADMIN" -X DELETE "http://localhost:8080/api/admin/peers/$ID?reason=Not+in+here"
