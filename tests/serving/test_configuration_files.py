"""Checks of the files for TensorFlow Serving, Docker and Kubernetes, without running these."""

import os
import shutil
import subprocess
import sys

import kubernetes_validate
import pytest
import yaml
from google.protobuf import text_format
from packaging.requirements import Requirement
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.local.batcher import MAX_BATCH_SIZE
from serving.messages import message_classes
from tests.build_file import ROOT

SERVING = ROOT / "serving"
COMPOSE = ["docker-compose.yml", "docker-compose.gpu.yml"]
# The flags of tensorflow_model_server that the files use, from its main.cc.
FLAGS = {
    "model_config_file",
    "model_config_file_poll_wait_seconds",
    "allow_version_labels_for_unavailable_models",
    "enable_batching",
    "batching_parameters_file",
    "monitoring_config_file",
    "enable_grpc_healthcheck_service",
    "grpc_channel_arguments",
    "tensorflow_intra_op_parallelism",
    "tensorflow_inter_op_parallelism",
    "rest_api_num_threads",
}
# Messages of TensorFlow Serving that the package tensorflow-serving-api does not have.
MESSAGES = message_classes(
    "sagcn.serving_config",
    {
        "Int64Value": {"value": (1, "int64")},
        "BatchingParameters": {
            "max_batch_size": (1, "Int64Value"),
            "batch_timeout_micros": (2, "Int64Value"),
            "max_enqueued_batches": (3, "Int64Value"),
            "num_batch_threads": (4, "Int64Value"),
        },
        "PrometheusConfig": {"enable": (1, "bool"), "path": (2, "string")},
        "MonitoringConfig": {"prometheus_config": (1, "PrometheusConfig")},
    },
)


def read_yaml(name):
    return list(yaml.safe_load_all((SERVING / name).read_text()))


def read_message(name, message_class):
    return text_format.Parse((SERVING / name).read_text(), message_class())


def flags_of(arguments):
    return dict(argument.removeprefix("--").split("=", 1) for argument in arguments)


@pytest.fixture
def compose():
    """docker-compose.yml and what the GPU adds to it."""
    return [read_yaml(name)[0] for name in COMPOSE]


@pytest.fixture
def kubernetes():
    """The objects by their kind."""

    def kind(item):
        headless = item["spec"].get("clusterIP") == "None"
        return "headless " * headless + item["kind"]

    return {kind(item): item for item in read_yaml("kubernetes.yaml")}


def test_models_config_names_the_model_as_the_containers_see_it():
    (model,) = read_message("models.config", ModelServerConfig).model_config_list.config

    assert (model.name, model.base_path) == ("sagcn", "/models/sagcn")
    assert not model.version_labels  # push writes them


def test_batches_are_as_large_as_in_the_local_server():
    parameters = read_message("batching_parameters.txt", MESSAGES["BatchingParameters"])

    fields = {field.name: value.value for field, value in parameters.ListFields()}
    assert fields == {
        "max_batch_size": MAX_BATCH_SIZE,
        "batch_timeout_micros": 0,
        "max_enqueued_batches": 100,
        "num_batch_threads": 1,
    }


def test_the_warm_up_requests_of_an_export_fit_into_a_batch():
    from sagcn_tf.exporting.warm_up import BATCH_SIZES

    assert max(BATCH_SIZES) <= MAX_BATCH_SIZE


def test_prometheus_looks_where_the_metrics_are(compose, kubernetes):
    config = read_message("monitoring.config", MESSAGES["MonitoringConfig"]).prometheus_config
    (job,) = read_yaml("prometheus.yml")[0]["scrape_configs"]
    annotations = kubernetes["Deployment"]["spec"]["template"]["metadata"]["annotations"]

    assert config.enable
    assert config.path == job["metrics_path"] == annotations["prometheus.io/path"]
    service, port = job["static_configs"][0]["targets"][0].split(":")
    assert any(
        published.endswith(f":{port}") for published in compose[0]["services"][service]["ports"]
    )


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_files_are_valid(name):
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.compose-spec", str(SERVING / name)]

    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("number", range(len(read_yaml("kubernetes.yaml"))))
def test_kubernetes_objects_are_valid(number):
    item = read_yaml("kubernetes.yaml")[number]

    for version in ("1.30", "1.37"):
        kubernetes_validate.validate(item, version, strict=True)


def test_the_images_are_of_the_release_whose_messages_we_use(compose, kubernetes):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("tensorflow-serving-api==")]
    (pin,) = Requirement(line.partition("#")[0]).specifier
    image = f"tensorflow/serving:{pin.version}"
    containers = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert compose[0]["services"]["serving"]["image"] == image
    assert compose[1]["services"]["serving"]["image"] == f"{image}-gpu"
    assert [container["image"] for container in containers] == [image]


def test_the_flags_are_known_and_their_files_are_there(compose, kubernetes):
    service = compose[0]["services"]["serving"]
    mounted = dict(volume.split(":")[1::-1] for volume in service["volumes"])
    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    (kustomization,) = read_yaml("kustomization.yaml")
    (config_map,) = kustomization["configMapGenerator"]

    flags = flags_of(service["command"])
    assert set(flags) == FLAGS
    # Behind a name with many addresses, connections must end now and then.
    age = ",grpc.max_connection_age_ms=300000"
    arguments = flags_of(container["args"])
    assert arguments["grpc_channel_arguments"] == flags["grpc_channel_arguments"] + age
    assert {**arguments, "grpc_channel_arguments": flags["grpc_channel_arguments"]} == flags
    files = {os.path.basename(path) for path in flags.values() if path.startswith("/config/")}
    assert set(config_map["files"]) == files
    for path in flags.values():
        if path.startswith("/config/"):
            assert (SERVING / mounted[path]).is_file()
    assert kustomization["resources"] == ["kubernetes.yaml"]


def test_threads_fit_the_limit_of_processors(compose, kubernetes):
    service = compose[0]["services"]["serving"]
    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]

    for arguments, limits in (
        (service["command"], service["deploy"]["resources"]["limits"]["cpus"]),
        (container["args"], container["resources"]["limits"]["cpu"]),
    ):
        for kind in ("intra", "inter"):
            assert flags_of(arguments)[f"tensorflow_{kind}_op_parallelism"] == limits


def test_models_are_read_only_for_servers_and_a_folder_that_push_may_replace_files_in(
    compose, kubernetes
):
    service = compose[0]["services"]["serving"]
    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert all(volume.endswith(":ro") for volume in service["volumes"])
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {m["name"] for m in container["volumeMounts"] if not m.get("readOnly")} == {"tmp"}
    # A single file that is mounted keeps its old contents when it is replaced.
    assert flags_of(service["command"])["model_config_file"] == "/models/models.config"
    assert "../served:/models:ro" in service["volumes"]


def test_kubernetes_has_a_pod_that_fills_the_volume_of_the_servers(kubernetes):
    claim = kubernetes["PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    for pod in (kubernetes["Pod"], kubernetes["Deployment"]["spec"]["template"]):
        claims = {
            volume["persistentVolumeClaim"]["claimName"]
            for volume in pod["spec"]["volumes"]
            if "persistentVolumeClaim" in volume
        }
        assert claims == {claim["metadata"]["name"]}
    (container,) = kubernetes["Pod"]["spec"]["containers"]
    assert container["volumeMounts"] == [{"name": "models", "mountPath": "/models"}]


def test_replicas_are_spread_and_clients_find_all_of_them(kubernetes):
    labels = kubernetes["Deployment"]["spec"]["template"]["metadata"]["labels"]
    (spread,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["topologySpreadConstraints"]
    replicas = kubernetes["headless Service"]

    assert spread["topologyKey"] == "kubernetes.io/hostname"
    assert spread["labelSelector"]["matchLabels"] == labels
    assert replicas["spec"]["selector"] == labels
    assert replicas["spec"]["ports"] == [
        port for port in kubernetes["Service"]["spec"]["ports"] if port["name"] == "grpc"
    ]


@pytest.mark.skipif(not shutil.which("kubectl"), reason="needs kubectl")
def test_kustomize_puts_the_files_into_the_config_map_of_the_servers():
    command = ["kubectl", "kustomize", str(SERVING)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)

    objects = {item["kind"]: item for item in yaml.safe_load_all(result.stdout)}
    volumes = objects["Deployment"]["spec"]["template"]["spec"]["volumes"]
    (name,) = [volume["configMap"]["name"] for volume in volumes if "configMap" in volume]
    assert objects["ConfigMap"]["metadata"]["name"] == name
    for file, text in objects["ConfigMap"]["data"].items():
        assert text == (SERVING / file).read_text()


def test_kubernetes_objects_belong_together(kubernetes):
    deployment = kubernetes["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    (container,) = deployment["template"]["spec"]["containers"]
    ports = {port["name"] for port in container["ports"]}

    assert deployment["selector"]["matchLabels"] == labels
    assert kubernetes["Service"]["spec"]["selector"] == labels
    assert {port["targetPort"] for port in kubernetes["Service"]["spec"]["ports"]} == ports
    target = kubernetes["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert target["name"] == kubernetes["Deployment"]["metadata"]["name"]
    volumes = {volume["name"]: volume for volume in deployment["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    claim = volumes["models"]["persistentVolumeClaim"]["claimName"]
    assert claim == kubernetes["PersistentVolumeClaim"]["metadata"]["name"]
    (config_map,) = read_yaml("kustomization.yaml")[0]["configMapGenerator"]
    assert volumes["config"]["configMap"]["name"] == config_map["name"]


def test_the_health_check_of_compose_sees_whether_the_model_answers(
    compose, start_server, publish, tmp_path
):
    check = compose[0]["services"]["serving"]["healthcheck"]["test"]
    server = start_server(publish(tmp_path / "sagcn", 1))

    def healthy(port, model):
        command = check[-1].replace("8501", str(port)).replace("sagcn", model)
        return subprocess.run(["bash", "-c", command], capture_output=True).returncode == 0

    assert check[:3] == ["CMD", "bash", "-c"]
    assert healthy(server.rest_port, "sagcn")
    assert not healthy(server.rest_port, "another")
    assert not healthy(1, "sagcn")  # where nothing listens


def test_the_readiness_probe_asks_for_what_the_server_answers(kubernetes, shared_server):
    import http.client

    (container,) = kubernetes["Deployment"]["spec"]["template"]["spec"]["containers"]
    path = container["readinessProbe"]["httpGet"]["path"]
    connection = http.client.HTTPConnection("127.0.0.1", shared_server.rest_port, timeout=60)
    connection.request("GET", path)

    assert connection.getresponse().status == 200
    connection.close()
