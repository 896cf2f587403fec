"""Letting other users of the machine get to a file."""

import pathlib


def let_through(path):
    """To `path`, through the folders above it: pytest's own are for one user.  The ones that others may enter
    already stay as they are: among them are the system's."""
    for folder in (pathlib.Path(path), *pathlib.Path(path).parents):
        mode = folder.stat().st_mode & 0o7777
        if mode & 0o055 != 0o055 and not mode & 0o002:
            folder.chmod(mode | 0o055)
