"""The wire between a client and a server does what it says, and nothing else."""

import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from gate import poll
from wire import Corrupt, Cut, Delay, Hold, Swallow, Wire

CREATE = "CREATE TABLE t (i integer)"
COUNT = "SELECT count(*) FROM t"


@pytest.fixture
def table(database):
    database.execute(CREATE)
    return database


def insert(url):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO t SELECT generate_series(1, 3)")
            cursor.execute(COUNT)
            return cursor.fetchone()[0]
    finally:
        connection.close()


@pytest.mark.parametrize("unix", [False, True], ids=["tcp", "unix"])
@pytest.mark.parametrize("fault", [None, Delay(0.001)], ids=["plain", "slow"])
def test_passes_what_comes(fault, unix, table):
    with Wire(table, fault, unix) as wire:
        assert insert(wire.url) == 3
    assert [message.number for message in wire.messages] == list(range(1, len(wire.messages) + 1))
    texts = [message.text for message in wire.messages if message.text]
    assert "COMMIT" in texts and COUNT in texts
    assert {message.side for message in wire.messages} == {"client", "server"}


def test_answers_a_request_for_encryption(table):
    with Wire(table) as wire:
        assert insert(wire.url.replace("sslmode=disable", "sslmode=prefer")) == 3
    assert wire.messages[0].kind == b"" and COUNT in [message.text for message in wire.messages]


@pytest.mark.parametrize("inside", [False, True], ids=["behind", "inside"])
def test_cuts_at_every_message(inside, table):
    number, done = 0, False
    while not done:
        number += 1
        with Wire(table, Cut(after=number, inside=inside)) as wire:
            try:
                insert(wire.url)
                done = wire.struck is None
            except psycopg2.Error:
                assert wire.struck.number == number
        assert done or wire.struck.number == number
    assert number > 20


def test_cuts_before_a_statement_or_swallows_its_answer(table):
    for fault, rows in ((Cut(before="COMMIT"), 0), (Swallow("COMMIT"), 3)):
        with Wire(table, fault) as wire:
            with pytest.raises(psycopg2.OperationalError):
                insert(wire.url)
            assert wire.struck
            poll(lambda: table.execute(COUNT) == [(rows,)])  # noqa: B023
            psycopg2.connect(wire.url).close()


@pytest.mark.parametrize("then, says", [("refused", "refused"), ("denied", "authentication")])
def test_lets_nobody_in_afterwards(then, says, table):
    with Wire(table, Cut(before="COMMIT", then=then)) as wire:
        for _ in range(2):
            with pytest.raises(psycopg2.OperationalError):
                insert(wire.url)
        with pytest.raises(psycopg2.OperationalError, match=says):
            psycopg2.connect(wire.url)


def test_corrupts_one_byte(table):
    with Wire(table) as wire:
        insert(wire.url)
    place = next(m for m in wire.messages if m.text and "generate_series" in m.text)
    with Wire(table, Corrupt(place.number, -3)) as wire:  # the digit before the parenthesis
        assert insert(wire.url) == 3 + 2


def test_holds_a_statement_until_it_is_released(table):
    with Wire(table, Hold("COMMIT")) as wire, ThreadPoolExecutor() as pool:
        inserted = pool.submit(insert, wire.url)
        wire.wait_for_arrival()
        assert table.execute(COUNT) == [(0,)] and not inserted.done()
        wire.release()
        assert inserted.result() == 3
    assert table.execute(COUNT) == [(3,)]


def test_what_is_held_at_the_end_does_not_arrive(table):
    with ThreadPoolExecutor() as pool:
        with Wire(table, Hold("COMMIT")) as wire:
            inserted = pool.submit(insert, wire.url)
            wire.wait_for_arrival()
        assert isinstance(inserted.exception(), psycopg2.OperationalError)
    assert table.execute(COUNT) == [(0,)]


def test_counts_requests_to_cancel(table):
    with Wire(table) as wire, socket.create_connection(("127.0.0.1", wire.port)) as client:
        assert wire.cancels() == 0
        client.sendall(struct.pack("!IIII", 16, 80877102, 1, 1))
        assert client.recv(1) == b""
        assert wire.cancels() == 1
