"""Stands between pgrade and the server, and holds back a chosen statement: what came before it has been
answered, and of it the server knows nothing.

    with Boundary(database, "COMMIT") as boundary:      # or a number: 1 is the first statement of the run
        process = pgrade.start("upgrade", source, boundary.url)
        boundary.wait_for_arrival(process)
        process.kill()
"""

import contextlib
import socket
import struct
import threading

from gate import ARRIVAL_SECONDS, poll

LISTEN = ("127.0.0.1", 0)
# The messages that are statements, or end one.
TEXTS = {b"Q": bytes.decode, b"P": bytes.decode, b"c": lambda _: "end of COPY"}


class Boundary:
    """Without a statement nothing is held back; `statements` tells what passed, in its order."""

    def __init__(self, database, statement=None):
        self.database = database
        self.statement = statement
        self.statements = []
        self.arrived = threading.Event()
        self.lock = threading.Lock()
        self.sockets = []

    @property
    def url(self):
        """Unencrypted, so that the messages can be told apart."""
        port = self.listener.getsockname()[1]
        name, user = self.database.name, self.database.cluster.user
        return f"postgresql://{user}@127.0.0.1:{port}/{name}?sslmode=disable&gssencmode=disable"

    def __enter__(self):
        self.listener = socket.create_server(LISTEN)
        self._in_background(self._accept)
        return self

    def __exit__(self, *_):
        """The server learns now that its client is gone, as of any that was killed."""
        for one in [self.listener, *self.sockets]:
            end(one, socket.SHUT_RDWR)
            one.close()

    def wait_for_arrival(self, process, seconds=ARRIVAL_SECONDS):
        poll(self.arrived.is_set, process, seconds)

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.database.cluster.port))
            self.sockets += [client, server]
            self._in_background(self._pass_statements, client, server)
            self._in_background(self._pass_answers, server, client)

    def _pass_statements(self, client, server):
        with contextlib.suppress(OSError), client.makefile("rb") as stream:
            head = stream.read(4)  # the first message has no kind
            server.sendall(head + stream.read(length_of(head)))
            while kind := stream.read(1):
                head = stream.read(4)
                body = stream.read(length_of(head))
                if kind in TEXTS and self._is_held_back(TEXTS[kind](body)):
                    self.arrived.set()
                    return
                server.sendall(kind + head + body)
        end(server)

    def _is_held_back(self, text):
        with self.lock:
            self.statements.append(text)
            if isinstance(self.statement, str):
                return self.statement in text
            return self.statement == len(self.statements)

    @staticmethod
    def _pass_answers(server, client):
        with contextlib.suppress(OSError):
            while some := server.recv(65536):
                client.sendall(some)
        end(client)

    @staticmethod
    def _in_background(work, *arguments):
        threading.Thread(target=work, args=arguments, daemon=True).start()


def end(one, how=socket.SHUT_WR):
    with contextlib.suppress(OSError):
        one.shutdown(how)


def length_of(head):
    """Of what follows, since the length counts itself."""
    return struct.unpack("!I", head)[0] - 4
