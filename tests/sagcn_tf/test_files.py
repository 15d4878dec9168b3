from sagcn_tf.files import json_hash


def test_a_hash_depends_on_the_values_and_not_on_the_order_of_keys():
    assert json_hash({"a": 1, "b": [2]}) == json_hash({"b": [2], "a": 1}) != json_hash({"a": 1})
    assert json_hash([]) == "4f53cda18c2b"  # of the text []; names of existing files rely on it
