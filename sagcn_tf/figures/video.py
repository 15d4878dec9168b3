"""Animations as MP4 files, which browsers, slides and video editors play."""

from fractions import Fraction

import av

from sagcn_tf.figures.animation import draw_frames
from sagcn_tf.files import atomic_write


def save_mp4(path, motions, skeleton, frame_rate, titles=None):
    """Writes clips side by side, at the same scale, as an MP4 file (H.264).

    Args:
        path: the file to write, atomically.
        motions: `[count, T, N, D]` in the data's unit, y down; see `animation.save_gif`.
        skeleton: the `Skeleton` of the motions.
        frame_rate: frames per second.
        titles: list of texts above the clips, one per clip. Default: None.

    Raises:
        ValueError: if there is no clip, a motion does not fit the skeleton, or the numbers of
            titles and clips differ.
        OSError: if the file cannot be written.
    """
    frames = draw_frames(motions, skeleton, titles)
    with atomic_write(path) as temporary:
        try:
            _encode(temporary, frames, Fraction(frame_rate).limit_denominator(1000))
        except av.FFmpegError as error:
            raise OSError(str(error)) from error


def _encode(path, frames, rate):
    # With the index first, players start before the whole file has arrived.
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream("libx264", rate, options={"crf": "18"})
        stream.width, stream.height = frames[0].size  # even, as H.264 needs
        stream.pix_fmt = "yuv420p"  # the only one that all players know
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_image(frame)))
        file.mux(stream.encode())
