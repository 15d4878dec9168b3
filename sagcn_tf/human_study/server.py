"""Serves the page of a study, and appends ratings to its files."""

import contextlib
import pathlib
import socket
import typing

import uvicorn
from fastapi import Body, FastAPI, HTTPException, Path
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from sagcn_tf.errors import UserError
from sagcn_tf.figures import pose
from sagcn_tf.human_study.records import Records
from sagcn_tf.human_study.schedule import schedule
from sagcn_tf.human_study.study import Study
from sagcn_tf.locks import locked_folder

_PAGE = pathlib.Path(__file__).parent / "page"
# The studio draws skeletons on a canvas, too.
_DRAWING = pathlib.Path(__file__).parents[1] / "web" / "static"
_LOOPBACK = ["127.0.0.1", "localhost"]
# 1 to 40 letters, digits, dots, dashes or underscores.
_NAME = {"pattern": r"^[A-Za-z0-9_.-]{1,40}$"}
_Rater = typing.Annotated[str, Body(embed=True, **_NAME)]
_Number = typing.Annotated[int, Body(strict=True, ge=0)]
_Rating = typing.Annotated[int, Body(strict=True, ge=1, le=5)]
_Seconds = typing.Annotated[float, Body(ge=0, le=1e6)]


def serve(study_dir, host, port):
    """Serves a study until the process is stopped.

    Args:
        study_dir: folder of the study.
        host: address to listen on.
        port: port to listen on; 0 for a free one.

    Raises:
        UserError: if the folder has no study, another process serves it, or the port is in use.
    """
    study = Study.load(study_dir)

    def refuse(owner):
        raise UserError(f"--study_dir={study_dir} is being served by {owner}. Stop it first")

    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise UserError(
            f"cannot listen on {host}:{port}: {error}. Choose another --port"
        ) from error
    with listening, locked_folder(study_dir, refuse):
        app = application(study, Records(study_dir))
        if host in _LOOPBACK:  # pages of other sites cannot pass for this machine
            app.add_middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)
        address = f"http://{host}:{listening.getsockname()[1]}"
        print(f"rate clips at {address} (stop with Ctrl+C)", flush=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])


def application(study, records) -> FastAPI:
    """Creates the web application of a study.

    `GET /api/study` says whether ratings are simulated; `POST /api/raters` takes `{"rater": name}`;
    `GET /api/judgments/NAME` returns the next clip to rate; `POST /api/ratings` takes `{"rater",
    "judgment", "rating", "seconds"}`. Answers are JSON; for refused requests, `{"error": text}`.
    None reveals the system of a clip, or whether a clip is an attention check.

    Args:
        study: a `Study`.
        records: its `Records`.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/api/study")
    def about():
        return {"simulated": study.simulated}

    @app.post("/api/raters")
    def start(rater: _Rater):
        records.register(rater)
        return {"rater": rater, **_progress(study, records, rater)}

    @app.get("/api/judgments/{rater}")
    def judgment(rater: typing.Annotated[str, Path(**_NAME)]):
        return _next(study, records, rater)

    @app.post("/api/ratings")
    def rate(rater: _Rater, judgment: _Number, rating: _Rating, seconds: _Seconds = 0.0):
        judgments = _judgments(study, records, rater)
        if judgment >= len(judgments):
            raise HTTPException(400, f"judgment: there are only {len(judgments)}")
        chosen = judgments[judgment]
        records.add(
            rater,
            judgment,
            clip=chosen.clip,
            kind=chosen.kind,
            rating=rating,
            seconds=round(seconds, 1),
            simulated=study.simulated,
        )
        return _progress(study, records, rater)

    @app.exception_handler(HTTPException)
    def refuse(request, error):
        return JSONResponse({"error": error.detail}, error.status_code)

    @app.exception_handler(RequestValidationError)
    def refuse_values(request, error):
        found = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        return JSONResponse({"error": found}, 400)

    app.mount("/static", StaticFiles(directory=_DRAWING))
    app.mount("/", StaticFiles(directory=_PAGE, html=True))
    return app


def _judgments(study, records, rater):
    """Returns the schedule of a rater, who must have started."""
    if rater not in records.raters:
        raise HTTPException(404, f"rater {rater} has not started yet")
    return schedule(study, records.raters.index(rater))


def _progress(study, records, rater):
    return {
        "done": len(records.done(rater)),
        "total": len(_judgments(study, records, rater)),
    }


def _next(study, records, rater):
    """Returns the first judgment that a rater has not made, with the motion to draw."""
    judgments, progress = _judgments(study, records, rater), _progress(study, records, rater)
    waiting = sorted(set(range(len(judgments))) - records.done(rater))
    if not waiting:
        return {**progress, "judgment": None}
    judgment = judgments[waiting[0]]
    label, skeleton = study.labels[judgment.clip], study.skeleton
    return {
        **progress,
        "judgment": waiting[0],
        "class_name": study.class_names[label],
        "rate": study.frame_rate,
        "skeleton": {
            "bones": skeleton.bones,
            "left": skeleton.left,
            "right": skeleton.right,
            "head": pose.head(skeleton),
        },
        "reference": _rounded(study.references[label, judgment.reference]),
        "clip": _rounded(study.motion[judgment.clip]),
    }


def _rounded(motion):
    """Returns motion `[T, N, D]` as lists with six digits, which is more than a screen shows."""
    return [[[float(f"{value:.6g}") for value in joint] for joint in frame] for frame in motion]
