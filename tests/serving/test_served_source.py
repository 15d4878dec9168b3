"""The studio's source of motion, with a local server whose answers are known."""

import numpy as np
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.web.served_source import ServedSource
from tests.serving.closed_form_model import CLASS_NAMES, expected_motion, expected_transition

FIRST, SECOND = CLASS_NAMES[:2]
SEEDS = np.arange(7, 9, dtype=np.int32)


def test_a_server_gives_its_motion_and_when_it_is_gone_a_message(
    publish, start_server, tmp_path, monkeypatch
):
    monkeypatch.setattr("sagcn_tf.web.served_source._TIMEOUT", 1.0)
    server = start_server(publish(tmp_path / "sagcn", 1))
    source = ServedSource(f"127.0.0.1:{server.port}")

    single = source.generate(FIRST, 2, 7)
    moving = source.generate((FIRST, SECOND), 2, 7)
    mixed = source.generate({FIRST: 0.5, SECOND: 0.5}, 2, 7)

    np.testing.assert_allclose(single["motion"], expected_motion(1, [0, 0], SEEDS))
    assert single["kept"].shape[:2] == (2, source.frames)
    expected = expected_transition(1, [0, 0], [1, 1], SEEDS)
    np.testing.assert_allclose(moving["motion"], expected, rtol=1e-6)
    np.testing.assert_allclose(mixed["motion"], expected_motion(1, [0.5, 0.5], SEEDS))
    assert source.data.class_names == CLASS_NAMES

    server.stop(grace=0.0)
    with pytest.raises(UserError, match="UNAVAILABLE: .*Is it running"):
        source.generate(FIRST, 2, 7)
