import os

import pytest

from serving.errors import UserError
from serving.local.batching_options import BatchingOptions


def test_defaults_are_those_of_tensorflow_serving():
    assert BatchingOptions() == BatchingOptions(1000, 0, 10, os.cpu_count())


def test_a_file_sets_what_it_names(tmp_path):
    path = tmp_path / "batching.txt"
    path.write_text(
        "max_batch_size { value: 7 } batch_timeout_micros { value: 0 } "
        'thread_pool_name { value: "x" }'
    )

    assert BatchingOptions.from_file(path) == BatchingOptions(max_batch_size=7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_batch_size { value: 0 }", "max_batch_size is 0; expected 1 or more"),
        ("allowed_batch_sizes: 4", "has no allowed_batch_sizes; it knows max_batch_size"),
        ("batch_size { value: 3 }", 'no field named "batch_size"'),
    ],
)
def test_what_cannot_be_done_is_named(tmp_path, text, message):
    path = tmp_path / "batching.txt"
    path.write_text(text)

    with pytest.raises(UserError) as caught:
        BatchingOptions.from_file(path)

    assert str(path) in str(caught.value)
    assert message in str(caught.value)
