import pytest

from sagcn_tf.config import DATASETS, MODELS, make_config
from sagcn_tf.reproduction.tables import DATASETS as USUAL_DATASETS
from sagcn_tf.reproduction.tables import TABLES

ROWS = [(number, row) for number, table in TABLES.items() for row in table.rows]


@pytest.mark.parametrize(("number", "row"), ROWS, ids=[f"{n}-{row.key}" for n, row in ROWS])
def test_each_row_is_a_valid_configuration(number, row):
    for dataset in (USUAL_DATASETS[number], "synthetic"):
        config = make_config(dataset, model=row.model, **row.settings)

        assert config.model == row.model


def test_table_1_compares_all_systems():
    assert {row.model for row in TABLES[1].rows} == set(MODELS)


@pytest.mark.parametrize("number", TABLES)
def test_rows_of_a_table_have_unique_names_and_settings(number):
    rows = TABLES[number].rows

    assert len({row.key for row in rows}) == len({row.title for row in rows}) == len(rows)
    assert len({(row.model, str(row.settings)) for row in rows}) == len(rows)
    assert USUAL_DATASETS[number] in DATASETS


def test_a_key_is_the_same_run_in_every_table():
    settings = {}
    for _, row in ROWS:
        assert settings.setdefault(row.key, (row.model, row.settings)) == (row.model, row.settings)


def test_sa_gcn_has_the_best_published_results():
    for number in (1, 4):
        published = {row.key: row.published.get("mmd_seq") for row in TABLES[number].rows}
        known = {key: value for key, value in published.items() if value is not None}
        assert min(known.values()) == published["sagcn"]
