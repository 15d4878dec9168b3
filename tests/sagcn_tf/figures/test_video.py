import av
import numpy as np
import pytest

from sagcn_tf.figures import animation, video
from tests.bodies import SKELETON, wave

MOTIONS = [wave(12), wave(12) / 2]
TITLES = ["one", "two"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "people.mp4"
    video.save_mp4(path, MOTIONS, SKELETON, frame_rate=50 / 3, titles=TITLES)
    return path


def test_the_video_has_the_frames_and_the_duration_of_the_motion(path):
    with av.open(path) as file:
        stream = file.streams.video[0]

        assert stream.frames == 12 and stream.codec.name == "h264"
        assert float(stream.duration * stream.time_base) == pytest.approx(0.72)
    assert list(path.parent.iterdir()) == [path]


def test_the_video_shows_what_the_gif_shows(path):
    drawn = animation.draw_frames(MOTIONS, SKELETON, TITLES)

    with av.open(path) as file:
        shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]

    assert shown[0].shape == (animation.PANEL + animation.TITLE, 2 * animation.PANEL, 3)
    errors = [np.abs(a.astype(float) - np.array(b)) for a, b in zip(shown, drawn, strict=True)]
    assert max(error.mean() for error in errors) < 3  # of 255; lines lose some color
    others = np.abs(shown[0].astype(float) - np.array(drawn[-1])).mean()
    assert others > 2 * errors[0].mean()


def test_the_index_comes_first_so_that_players_start_at_once(path):
    content = path.read_bytes()

    assert content.index(b"moov") < content.index(b"mdat")


def test_a_file_that_cannot_be_encoded_is_an_os_error(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise av.FFmpegError(28, "No space left on device")

    monkeypatch.setattr(av, "open", fail)

    with pytest.raises(OSError, match="No space left"):
        video.save_mp4(tmp_path / "x.mp4", MOTIONS, SKELETON, frame_rate=10)
    assert not any(tmp_path.iterdir())
