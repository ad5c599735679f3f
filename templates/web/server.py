"""Serve the page with the words that the database has for it."""

import html
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg2

PAGE = Path(__file__).parent / "build/index.html"


def page() -> str:
    """Return the page as it is now. Where the database is, PGHOST says."""
    connection = psycopg2.connect("")
    try:
        with connection.cursor() as cursor:
            cursor.execute("select words from greeting where id = 1")
            (words,) = cursor.fetchone()
    finally:
        connection.close()
    return PAGE.read_text().replace("%words%", html.escape(words))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = page().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    if "--print" in sys.argv:
        print(page(), end="")
    else:
        address = ("localhost", int(os.environ["PORT"]))
        print(f"http://{address[0]}:{address[1]}")
        ThreadingHTTPServer(address, Handler).serve_forever()
