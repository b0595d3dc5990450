"""Answers every request with an empty page."""

import socket

with socket.create_server(("", 8000)) as server:
    while True:
        peer, _ = server.accept()
        with peer:
            peer.recv(4096)
            peer.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
