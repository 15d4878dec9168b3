import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.motion_folder.keypoints import read_keypoints
from datasets.motion_folder.known_body import KNOWN_BODIES
from datasets.raw_data_error import RawDataError

COCO = np.random.default_rng(0).uniform(1, 9, size=(3, 17, 3))  # x, y, confidence


def read(folder, *contents):
    paths = [folder / f"{number}.json" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_keypoints(paths)


def openpose(*people):
    return {"people": [{"pose_keypoints_2d": person.ravel().tolist()} for person in people]}


def test_a_file_per_frame_as_of_openpose(tmp_path):
    body = np.random.default_rng(1).uniform(1, 9, size=(2, 25, 3))
    far = body[0] + [100, 0, -1]  # less sure

    recording = read(tmp_path, openpose(far, body[0]), openpose(), openpose(body[1], far))

    assert recording.joints == tuple(KNOWN_BODIES["body_25"].hierarchy)
    np.testing.assert_allclose(recording.positions[[0, 2]], body[..., :2])
    np.testing.assert_allclose(recording.confidence[[0, 2]], body[..., 2])
    assert np.isnan(recording.positions[1]).all()
    assert recording.notes == ("up to 2 people are seen; one is followed",)


@pytest.mark.parametrize(
    "content",
    [
        [{"image_id": n, "keypoints": COCO[n].ravel().tolist(), "score": 1} for n in (2, 0, 1)],
        [{"image_id": f"{n + 8}.jpg", "keypoints": COCO[n].ravel().tolist()} for n in (0, 2, 1)],
        {
            "meta_info": {
                "keypoint_id2name": {
                    str(n): one for n, one in enumerate(KNOWN_BODIES["coco_17"].hierarchy)
                }
            },
            "instance_info": [
                {
                    "frame_id": 1,
                    "instances": [
                        {
                            "keypoints": frame[:, :2].tolist(),
                            "keypoint_scores": frame[:, 2].tolist(),
                        }
                    ],
                }
                for frame in COCO
            ],
        },
        {
            "frames": [
                {"landmarks": [{"x": x, "y": y, "visibility": c} for x, y, c in frame]}
                for frame in COCO.tolist()
            ]
        },
        [
            {"pose_landmarks": [[{"x": x, "y": y, "visibility": c} for x, y, c in frame]]}
            for frame in COCO.tolist()
        ],
    ],
    ids=["coco", "alphapose", "mmpose", "landmarks", "people"],
)
def test_all_frames_in_a_file(tmp_path, content):
    recording = read(tmp_path, content)

    assert recording.joints == tuple(KNOWN_BODIES["coco_17"].hierarchy)
    np.testing.assert_allclose(recording.positions, COCO[..., :2])
    np.testing.assert_allclose(recording.confidence, COCO[..., 2])


def test_joints_may_be_named(tmp_path):
    frame = {"hip": {"x": 1, "y": 2, "z": 3}, "knee": {"x": 4, "y": 5, "z": 6}}

    recording = read(tmp_path, [frame, frame, []])

    assert recording.joints == ("hip", "knee") and recording.confidence is None
    np.testing.assert_array_equal(recording.positions[1], [[1, 2, 3], [4, 5, 6]])
    assert np.isnan(recording.positions[2]).all()


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "3", "[3]", "[[]]", '{"people": 3}', '{"people": []}', "[" * 99999]
    + ['[{"image_id": 1}]', '[{"landmarks": [{"x": 1}]}]', "[[[1, 2]], [[1, 2], [3, 4]]]"],
)
def test_what_are_no_keypoints_is_refused(tmp_path, content):
    with pytest.raises(RawDataError, match="expected the keypoints of OpenPose, COCO or MMPose"):
        read(tmp_path, content)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_damage_never_gives_anything_but_its_own_error(tmp_path_factory, data):
    text = json.dumps(
        data.draw(
            st.sampled_from(
                [
                    openpose(COCO[0]),
                    [{"image_id": 1, "keypoints": [1, 2, 3]}],
                    {"frames": [[{"x": 1, "y": 2}]]},
                    {"instance_info": [{"instances": [{"keypoints": [[1, 2]]}]}]},
                ]
            )
        )
    )
    piece = st.sampled_from(["[]", "{}", "null", '"x"', "1e999", "", "[[1]]", "true"])
    start = data.draw(st.integers(0, len(text)))
    text = text[:start] + data.draw(piece) + text[start + data.draw(st.integers(0, 9)) :]

    try:
        positions = read(tmp_path_factory.getbasetemp(), text).positions
    except RawDataError as error:
        assert str(error)
    else:
        assert positions.ndim == 3
