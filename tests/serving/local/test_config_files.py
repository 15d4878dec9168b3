import pytest

from serving.errors import UserError
from serving.local.config_files import MonitoringConfig, SSLConfig, read_config


def test_a_message_is_read_from_its_text(tmp_path):
    path = tmp_path / "monitoring.config"
    path.write_text('prometheus_config { enable: true path: "/metrics" }')

    config = read_config(path, MonitoringConfig)

    assert (config.prometheus_config.enable, config.prometheus_config.path) == (True, "/metrics")


@pytest.mark.parametrize("content", [b"server_keys: 'x'", b"\xff\xfe", b"server_key {"])
def test_what_is_no_such_message_is_named(tmp_path, content):
    path = tmp_path / "ssl.config"
    path.write_bytes(content)

    with pytest.raises(UserError, match="ssl.config: expected a SSLConfig as text"):
        read_config(path, SSLConfig)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"nowhere cannot be read: No such file or directory\."):
        read_config(tmp_path / "nowhere", SSLConfig)
