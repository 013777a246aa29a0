"""A site on loopback that is not ours."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def other_site():
    """Serves one page, its `body`, on an `origin` of its own."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.server.body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.origin = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()
