"""The messages of TensorFlow Serving that a client needs, without TensorFlow.

The classes of `tensorflow-serving-api` import all of TensorFlow, which takes seconds and half a
gigabyte. Here the few messages are declared in a descriptor pool of their own, which does not
collide with TensorFlow's. On the wire only the numbers and types of the fields matter.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto


def message_classes(package, messages):
    """Returns a dict of message name -> class of protobuf messages.

    Args:
        package: Name of the package of the messages.
        messages: Dict of message name -> {field name: (number, type)}. A type is the name of a
            scalar type or of another of these messages, with the prefix "repeated " for a list.
    """
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package}.proto", package=package, syntax="proto3"
    )
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, (number, declared) in fields.items():
            label, _, type_name = declared.rpartition(" ")
            label = _Field.Label.Value(f"LABEL_{(label or 'optional').upper()}")
            added = message.field.add(name=field, number=number, label=label)
            if type_name in messages:
                added.type, added.type_name = _Field.TYPE_MESSAGE, f".{package}.{type_name}"
            else:
                added.type = _Field.Type.Value(f"TYPE_{type_name.upper()}")
    described = descriptor_pool.DescriptorPool().AddSerializedFile(file.SerializeToString())
    return {
        name: message_factory.GetMessageClass(described.message_types_by_name[name])
        for name in messages
    }


_CLASSES = message_classes(
    "sagcn.client",
    {
        "Int64Value": {"value": (1, "int64")},
        "ModelSpec": {
            "name": (1, "string"),
            "version": (2, "Int64Value"),
            "signature_name": (3, "string"),
            "version_label": (4, "string"),
        },
        "Dimension": {"size": (1, "int64")},
        "TensorShape": {"dim": (2, "repeated Dimension")},
        "Tensor": {
            "dtype": (1, "int32"),
            "tensor_shape": (2, "TensorShape"),
            "tensor_content": (4, "bytes"),
            "float_val": (5, "repeated float"),
            "int_val": (7, "repeated int32"),
            "string_val": (8, "repeated bytes"),
        },
        # On the wire, a map is a list of its entries.
        "NamedTensor": {"key": (1, "string"), "value": (2, "Tensor")},
        "PredictRequest": {"model_spec": (1, "ModelSpec"), "inputs": (2, "repeated NamedTensor")},
        "PredictResponse": {"outputs": (1, "repeated NamedTensor"), "model_spec": (2, "ModelSpec")},
    },
)

PREDICT = "/tensorflow.serving.PredictionService/Predict"
PredictRequest = _CLASSES["PredictRequest"]
PredictResponse = _CLASSES["PredictResponse"]
Tensor = _CLASSES["Tensor"]
