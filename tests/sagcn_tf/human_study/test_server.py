import json

import numpy as np
import pytest

from sagcn_tf.human_study.records import Records
from sagcn_tf.human_study.schedule import schedule
from tests.small_study import KEYS, small_study

testclient = pytest.importorskip(
    "fastapi.testclient", reason="requirements-studio.txt is not installed"
)

STUDY = small_study()


@pytest.fixture
def records(tmp_path):
    return Records(tmp_path)


@pytest.fixture
def client(records):
    from sagcn_tf.human_study.server import application

    client = testclient.TestClient(application(STUDY, records))
    client.post("/api/raters", json={"rater": "ann"})
    return client


def rate(client, judgment, rating, rater="ann"):
    values = {"rater": rater, "judgment": judgment, "rating": rating, "seconds": 2.34}
    return client.post("/api/ratings", json=values)


def test_a_rater_goes_from_the_first_to_the_last_judgment(client, records):
    expected = schedule(STUDY, 0)
    for number, judgment in enumerate(expected):
        shown = client.get("/api/judgments/ann").json()
        assert (shown["judgment"], shown["done"], shown["total"]) == (number, number, len(expected))
        assert shown["class_name"] == STUDY.class_names[STUDY.labels[judgment.clip]]
        rate(client, number, 1 + number % 5)

    assert client.get("/api/judgments/ann").json()["judgment"] is None
    line = records.ratings["ann", 3]
    assert line == {
        "rater": "ann",
        "judgment": 3,
        "clip": expected[3].clip,
        "kind": expected[3].kind,
        "rating": 4,
        "seconds": 2.3,
        "simulated": True,
    }


def test_the_page_gets_the_clips_and_nothing_about_their_system(client):
    shown = client.get("/api/judgments/ann").json()

    judgment = schedule(STUDY, 0)[0]
    reference = STUDY.references[STUDY.labels[judgment.clip], judgment.reference]
    np.testing.assert_allclose(shown["reference"], reference, rtol=1e-5)
    np.testing.assert_allclose(shown["clip"], STUDY.motion[judgment.clip], rtol=1e-5)
    text = json.dumps(shown)
    for secret in (*KEYS, "kind", "repeat", "real", "key"):
        assert secret not in text


def test_a_second_submission_changes_nothing(client, records):
    rate(client, 0, 5)
    again = rate(client, 0, 1)

    assert again.status_code == 200 and again.json()["done"] == 1
    assert records.ratings["ann", 0]["rating"] == 5


def test_several_raters_do_not_disturb_each_other(client):
    client.post("/api/raters", json={"rater": "bob"})
    rate(client, 0, 5, "bob")

    assert client.get("/api/judgments/ann").json()["judgment"] == 0
    assert client.get("/api/judgments/bob").json()["judgment"] == 1


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        ("raters", {"rater": "two words"}, "rater: String should match"),
        ("raters", {}, "rater: Field required"),
        ("ratings", [1], "Field required"),
        ("ratings", {"rater": "eve", "judgment": 0, "rating": 3}, "rater eve has not started"),
        ("ratings", {"rater": "ann", "judgment": 999, "rating": 3}, "judgment: there are only"),
        ("ratings", {"rater": "ann", "judgment": 0, "rating": 6}, "rating: Input should be less"),
        ("ratings", {"rater": "ann", "judgment": 0, "rating": True}, "rating: Input should be"),
    ],
)
def test_bad_requests_are_refused_with_a_message(client, records, path, values, message):
    response = client.post(f"/api/{path}", json=values)

    assert 400 <= response.status_code < 500
    assert message in response.json()["error"]
    assert records.ratings == {}


def test_the_page_asks_no_other_host(client):
    page = client.get("/").text
    assert "study.js" in page
    for part in (page, client.get("/study.js").text, client.get("/study.css").text):
        assert "http://" not in part and "https://" not in part and "//cdn" not in part
