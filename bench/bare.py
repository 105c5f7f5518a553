"""The limit of the list pages: a bare Flask page that reads twenty rows by an index.

DATABASE_URL=… gunicorn bench.bare:app
"""

import os
from functools import cache

from flask import Flask
from sqlalchemy import Engine, create_engine, text

ROWS = text(
    "SELECT title_zh, subject, published_at FROM notice"
    " ORDER BY published_at DESC, digest DESC LIMIT 20"
)
app = Flask(__name__)


@cache
def _engine() -> Engine:
    return create_engine(os.environ["DATABASE_URL"])


@app.get("/pagedb")
def pagedb() -> str:
    """Twenty rows in a table, nothing else."""
    with _engine().connect() as connection:
        rows = connection.execute(ROWS).all()
    cells = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in rows)
    return f"<!doctype html><title>Notices</title><table>{cells}</table>"
