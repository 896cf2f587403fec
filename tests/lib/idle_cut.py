"""What stands between a program and its server, and cuts connections."""

import select
import socket
import threading


class CutsWhatIsIdle:
    """A proxy that drops a connection, with a reset, as soon as nothing goes by for `seconds`."""

    def __init__(self, port, seconds, listens=0):
        self.port, self.seconds = port, seconds
        self.listener = socket.create_server(("127.0.0.1", listens))
        self.open_port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        server = socket.create_connection(("127.0.0.1", self.port))
        other = {client: server, server: client}
        while True:
            ready = select.select([client, server], [], [], self.seconds)[0]
            parts = [(one, one.recv(65536)) for one in ready]
            if not parts or any(not part for _, part in parts):
                break
            for one, part in parts:
                other[one].sendall(part)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        server.close()
