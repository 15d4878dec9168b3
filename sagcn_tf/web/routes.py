"""The addresses from which the page gets clips and files."""

import mimetypes

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from sagcn_tf.errors import UserError
from sagcn_tf.web.motion_request import MotionRequest

# The browser itself refuses whatever would come from, or go to, another place than the studio.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'"
)


def add_routes(app, studio):
    """Adds `/motion` and `/file`, which answer the query of a `MotionRequest`, to an app.

    Refused requests get status 400 and `{"message": text}`.

    Args:
        app: the FastAPI application.
        studio: the `Studio`.
    """

    @app.get("/motion")
    def motion(request: Request):
        return JSONResponse(
            studio.clips(MotionRequest.from_query(request.query_params, studio.models))
        )

    @app.get("/file")
    def file(request: Request):
        query = request.query_params
        name, content = studio.file(
            MotionRequest.from_query(query, studio.models), f".{query.get('format', '')}"
        )
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        attachment = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=kind, headers=attachment)

    @app.exception_handler(UserError)
    def refuse(request: Request, error: UserError):
        return JSONResponse({"message": str(error)}, status_code=400)

    @app.middleware("http")
    async def guard(request: Request, call_next):
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = _POLICY
        return response
