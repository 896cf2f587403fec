"""Reads a SQLite file by Python's own library."""

import sqlite3


def select(path, sql):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
