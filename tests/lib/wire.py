"""Stands between pgrade and the server, reads the protocol both ways, and does what networks do.

    with Wire(database, Cut(after=17)) as wire:
        outcome = pgrade.run("upgrade", source, wire.url)
    wire.struck      # the message at which it happened; None: the run had fewer
    wire.messages    # all that came by, of all connections and both sides, numbered from 1

The faults:

    Cut(after=N)            every connection ends behind the Nth message; inside=True: in the middle of it
    Cut(before="COMMIT")    the first statement with that text does not get to the server
    Cut(before="COMMIT", behind="txid_current()")    the first one after the other
    Swallow("COMMIT")       it does and is answered, and the answer does not get to the client
    Corrupt(N, offset)      one bit of one byte of the Nth message is another; offset -1 is the last one
    Hold("COMMIT")          the statement (a number: that message) waits for release(), or for the end of the block
    Delay(seconds)          so long is each message under way

What comes after a cut: `then` = "through" (new connections are let through, as after a hiccup), "refused" (nobody
listens), "denied" (the server says no).
"""

import asyncio
import contextlib
import dataclasses
import os
import struct
import tempfile
import threading

from gate import poll

PORT_OF_SOCKET = 5432
# Requests in place of a startup: for encryption, of two kinds.  A cancel request is passed on like a startup.
ENCRYPTION = (struct.pack("!II", 8, 80877103), struct.pack("!II", 8, 80877104))
CANCEL = struct.pack("!I", 80877102)
STATEMENTS = (b"Q", b"P")
START_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Cut:
    after: int | None = None
    before: str | None = None
    behind: str | None = None  # and only when a statement with this text came by
    inside: bool = False
    deaf: bool = False  # the server does not learn it, as when a line goes dead
    then: str = "through"


@dataclasses.dataclass(frozen=True)
class Swallow:
    text: str
    behind: str | None = None
    then: str = "through"


@dataclasses.dataclass(frozen=True)
class Corrupt:
    number: int
    offset: int = -1
    kind: bytes | None = None  # then only such messages are counted


@dataclasses.dataclass(frozen=True)
class Hold:
    at: str | int
    behind: str | None = None


@dataclasses.dataclass(frozen=True)
class Delay:
    seconds: float


@dataclasses.dataclass(frozen=True)
class Message:
    number: int
    connection: int
    side: str  # who sent it: "client" or "server"
    kind: bytes  # b"" of a startup
    text: str | None  # of a statement
    statement: str  # the last one of that connection
    length: int
    is_cancel: bool = False


def is_statement(text, wanted):
    return text is not None and wanted in text


class Link:
    """One client and its connection to the server."""

    def __init__(self, number, client, server):
        self.number = number
        self.client = client  # (reader, writer)
        self.server = server
        self.statement = ""
        self.swallowing = False

    def end(self, deaf=False):
        """What was written still arrives."""
        for _, writer in (self.client,) if deaf else (self.client, self.server):
            with contextlib.suppress(OSError):
                writer.close()


class Wire:
    def __init__(self, database, fault=None, unix=False):
        self.database = database
        self.fault = fault
        self.messages = []
        self.struck = None
        self.is_behind = False
        self.seen = 0  # of those that Corrupt counts
        self.arrived = threading.Event()
        self.links = []
        self.listener = None
        self.closing = False
        self.folder = tempfile.TemporaryDirectory(prefix="pgr-wire-") if unix else None

    @property
    def url(self):
        """Unencrypted, so that the messages can be told apart."""
        cluster, end = self.database.cluster, "sslmode=disable&gssencmode=disable"
        if self.folder:
            where = f"host={self.folder.name}&port={PORT_OF_SOCKET}&user={cluster.user}"
            return f"postgresql:///{self.database.name}?{where}&{end}"
        return f"postgresql://{cluster.user}@127.0.0.1:{self.port}/{self.database.name}?{end}"

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.released = asyncio.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_):
        """The server learns now that its client is gone, as of any that was killed."""
        self._call(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(START_SECONDS)
        self.loop.close()
        if self.folder:
            self.folder.cleanup()

    def wait_for_arrival(self, process=None):
        poll(self.arrived.is_set, process)

    def release(self):
        """What is held goes on."""
        self.loop.call_soon_threadsafe(self.released.set)

    def cancels(self):
        """How many requests to cancel a statement came by."""
        return sum(message.is_cancel for message in list(self.messages))

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(START_SECONDS)

    async def _listen(self, port=0):
        if self.folder:
            path = os.path.join(self.folder.name, f".s.PGSQL.{PORT_OF_SOCKET}")
            self.listener = await asyncio.start_unix_server(self._accept, path)
        else:
            self.listener = await asyncio.start_server(self._accept, "127.0.0.1", port)
            self.port = self.listener.sockets[0].getsockname()[1]

    def listen_again(self):
        """After a cut with "refused"."""
        self._call(self._listen(self.port))

    async def _close(self):
        self.closing = True
        self.listener.close()
        self._end_all()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader, writer):
        then = getattr(self.fault, "then", "through")
        if self.struck and then == "denied":
            await deny(reader, writer)
            return
        try:
            server = await self._connect()
        except OSError:
            writer.close()
            return
        link = Link(len(self.links) + 1, (reader, writer), server)
        self.links.append(link)
        await asyncio.gather(self._from_client(link), self._from_server(link))

    async def _connect(self):
        cluster = self.database.cluster
        if self.folder:
            return await asyncio.open_unix_connection(f"{cluster.directory}/.s.PGSQL.{cluster.port}")
        return await asyncio.open_connection("127.0.0.1", cluster.port)

    async def _from_client(self, link):
        reader, answers = link.client
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while (start := await read_body(reader)) in ENCRYPTION:
                answers.write(b"N")
            await self._pass(link, "client", b"", start)
            while True:
                kind = await reader.readexactly(1)
                await self._pass(link, "client", kind, await read_body(reader))
        if not getattr(self.fault, "deaf", False):
            link.server[1].close()

    async def _from_server(self, link):
        reader = link.server[0]
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                kind = await reader.readexactly(1)
                await self._pass(link, "server", kind, await read_body(reader))
        link.client[1].close()

    async def _pass(self, link, side, kind, body):
        text = text_of(kind, body) if side == "client" else None
        link.statement = text if text is not None else link.statement
        message = Message(
            len(self.messages) + 1, link.number, side, kind, text, link.statement, len(kind + body),
            kind == b"" and body[4:8] == CANCEL,
        )  # fmt: skip
        self.messages.append(message)
        self.is_behind = self.is_behind or is_statement(text, getattr(self.fault, "behind", None) or "")
        writer = (link.server if side == "client" else link.client)[1]
        await getattr(self, "_" + type(self.fault).__name__.lower())(link, message, writer, kind + body)

    @staticmethod
    async def _nonetype(_link, _message, writer, whole):
        writer.write(whole)
        await writer.drain()

    async def _cut(self, link, message, writer, whole):
        fault = self.fault
        if self.struck or (
            message.number != fault.after and not (self.is_behind and is_before(message, fault))
        ):
            return await self._nonetype(link, message, writer, whole)
        if fault.before is None:
            writer.write(whole[: len(whole) // 2] if fault.inside else whole)
        self._strike(message)

    async def _swallow(self, link, message, writer, whole):
        wanted = self.is_behind and is_statement(message.text, self.fault.text)
        if self.struck is None and not link.swallowing and wanted:
            link.swallowing = True
        if not link.swallowing or message.side == "client":
            await self._nonetype(link, message, writer, whole)
        elif message.kind == b"Z":
            link.swallowing = False
            self._strike(message)

    async def _corrupt(self, link, message, writer, whole):
        fault = self.fault
        self.seen += fault.kind in (None, message.kind)
        if self.struck is None and self.seen == fault.number:
            self.struck = message
            spoilt = bytearray(whole)
            spoilt[fault.offset % len(whole)] ^= 1
            whole = bytes(spoilt)
        await self._nonetype(link, message, writer, whole)

    async def _hold(self, link, message, writer, whole):
        behind = self.fault.behind is None or self.is_behind
        if self.struck is None and behind and is_at(message, self.fault.at):
            self.struck = message
            self.arrived.set()
            await self.released.wait()
        await self._nonetype(link, message, writer, whole)

    async def _delay(self, link, message, writer, whole):
        await asyncio.sleep(self.fault.seconds)
        await self._nonetype(link, message, writer, whole)

    def _strike(self, message):
        self.struck = message
        if self.fault.then == "refused":
            self.listener.close()
        self._end_all()
        self.arrived.set()

    def _end_all(self):
        deaf = getattr(self.fault, "deaf", False) and not self.closing
        for link in self.links:
            link.end(deaf)


def is_at(message, at):
    return message.number == at if isinstance(at, int) else is_statement(message.text, at)


def is_before(message, fault):
    return fault.before is not None and is_statement(message.text, fault.before)


def text_of(kind, body):
    """Of a statement; the text of Parse follows a name, which pgrade's have not."""
    if kind not in STATEMENTS:
        return "end of COPY" if kind == b"c" else None
    return body[4:].strip(b"\0").decode(errors="replace")


async def read_body(reader):
    """With its length, which counts itself."""
    head = await reader.readexactly(4)
    return head + await reader.readexactly(struct.unpack("!I", head)[0] - 4)


async def deny(reader, writer):
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while await read_body(reader) in ENCRYPTION:
            writer.write(b"N")
        fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user\0\0"
        writer.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)
    writer.close()
