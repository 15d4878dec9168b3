"""Creates the warm-up requests of an exported model, with the answers of the trained model.

TensorFlow Serving runs them before a version takes real requests, so the first client does not
wait. `serving.replay` compares the answers.
"""

import json

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

BATCH_SIZES = (1, 8, 64)
# Requests with larger answers, such as the attention of long clips, are left out.
LARGEST_ANSWER = 2**26  # bytes


def warm_up_logs(model, served, data, model_name, classifier=None):
    """Creates the warm-up requests and answers for each signature and batch size.

    Args:
        model: the `MotionModel` that computes the answers.
        served: its `ServedModel`.
        data: its `MotionData`, with or without sequences.
        model_name: name of the served model.
        classifier: the `TrainedClassifier` of `served`. Default: None.

    Returns:
        List of `PredictionLog`, without those whose answers are larger than `LARGEST_ANSWER`.
    """
    logs = []
    for batch in BATCH_SIZES:
        examples = _examples(model, data, served.description, batch)
        if classifier:
            examples["classify"] = _classification(classifier, data, examples["generate"][1])
        for name in ("serving_default", *served.signatures):
            inputs, outputs = examples["generate" if name == "serving_default" else name]
            if sum(array.nbytes for array in outputs.values()) > LARGEST_ANSWER:
                continue
            log = PredictionLog()
            predict = log.predict_log
            for spec in (predict.request.model_spec, predict.response.model_spec):
                spec.name, spec.signature_name = model_name, name
            for tensors, arrays in (
                (predict.request.inputs, inputs),
                (predict.response.outputs, outputs),
            ):
                for key, array in arrays.items():
                    tensors[key].CopyFrom(tf.make_tensor_proto(array))
            logs.append(log)
    return logs


def _examples(model, data, description, batch):
    """Returns `{signature: (inputs, outputs)}` with all classes and seeds from 0."""
    classes = len(data.class_names)
    seed = np.arange(batch, dtype=np.int32)
    label, label_to = seed % classes, (seed + 1) % classes
    one_hot = np.eye(classes, dtype=np.float32)
    mixture = (one_hot[label] + one_hot[label_to]) / 2

    def motion(standardized):
        return {"motion": data.unstandardize(standardized.numpy())}

    generated = motion(model.generate(one_hot[label], seed))
    text = np.full([batch], json.dumps(description).encode(), object)
    examples = {
        "generate": ({"label": label, "seed": seed}, generated),
        "mix": (
            {"label_weights": mixture, "seed": seed},
            motion(model.generate(mixture, seed)),
        ),
        "describe": ({"request": seed}, {"description": text}),
    }
    if model.follows_labels:
        moving = motion(model.transition(one_hot[label], one_hot[label_to], seed))
        ends = {"label_from": label, "label_to": label_to, "seed": seed}
        examples["transition"] = (ends, moving)
    if model.attends:
        attended = model.attend(one_hot[label], seed)
        maps = {name: attended[name].numpy() for name in ("attention", "kept")}
        examples["attend"] = ({"label": label, "seed": seed}, {**maps, **generated})
    return examples


def _classification(classifier, data, inputs):
    """Returns the inputs and outputs of `classify` for generated motion."""
    logits = classifier.network(data.standardize(inputs["motion"]))
    return inputs, {"probabilities": tf.nn.softmax(logits).numpy()}
