"""A browser without a face: pages over HTTP, redirects followed, nothing kept."""

import urllib.error
import urllib.parse
import urllib.request


class Site:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def get(self, path):
        """The status and the body."""
        return self._open(path, None)

    def post(self, path, **fields):
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def _open(self, path, data):
        try:
            with urllib.request.urlopen(self.base + path, data, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
