"""Serves the studio on one address until it is stopped."""

import contextlib
import pathlib
import socket
import threading
import webbrowser

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.staticfiles import StaticFiles

from sagcn_tf.errors import UserError
from sagcn_tf.web.page import add_page
from sagcn_tf.web.routes import add_routes

_LOOPBACK = ["127.0.0.1", "localhost"]
_STATIC = pathlib.Path(__file__).parent / "static"


def serve(studio, host, port, open_browser=True):
    """Serves the studio; returns when it is stopped.

    Args:
        studio: the `Studio`.
        host: address to listen on; `127.0.0.1` can be reached from this machine only.
        port: port to listen on; 0 chooses a free one.
        open_browser: whether to open the page in the browser. Default: True.

    Raises:
        UserError: if the address is in use, or is not one of this machine.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UserError(
                f"--host={host} --port={port} cannot be used: {error.strerror}. Choose another port"
            ) from error
        address = f"http://{host}:{listener.getsockname()[1]}"
        studio.warm_up()
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.mount("/static", StaticFiles(directory=_STATIC))
        if host in _LOOPBACK:  # pages of other sites cannot pass for this machine
            app.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)
        add_routes(app, studio)
        add_page(app, studio)
        listener.listen()  # visitors who come before the server runs wait for it
        print(f"the studio is at {address}", flush=True)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
