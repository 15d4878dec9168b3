"""A SavedModel in a session of TensorFlow's C library."""

import ctypes
import math
import os

import numpy as np


class _Output(ctypes.Structure):
    """TF_Output: an output of an operation."""

    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


class _Buffer(ctypes.Structure):
    """TF_Buffer: bytes of the library."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("length", ctypes.c_size_t),
        ("deallocator", ctypes.c_void_p),
    ]


class SessionModel:
    """Loads and runs a SavedModel by the road that TensorFlow Serving takes.

    `TF_LoadSessionFromSavedModel` of the C library calls the same loader. Python has no part in
    it; TensorFlow's is used for messages and names of types alone. Inputs are numbers.

    Args:
        path: folder of the SavedModel.

    Attributes:
        signatures: dict of name -> `SignatureDef`.

    Raises:
        RuntimeError: with the message of TensorFlow, if the folder holds no SavedModel that can be
            loaded; `run` raises it if the request is refused.
    """

    def __init__(self, path):
        from tensorflow.core.protobuf import meta_graph_pb2

        self._library = _library()
        self._graph = self._new("TF_NewGraph")
        options, meta_graph = self._new("TF_NewSessionOptions"), self._new("TF_NewBuffer")
        tags = (ctypes.c_char_p * 1)(b"serve")
        self._session = self._call(
            "TF_LoadSessionFromSavedModel",
            *(options, None, os.fsencode(path), tags, 1, self._graph, meta_graph),
        )
        buffer = ctypes.cast(meta_graph, ctypes.POINTER(_Buffer)).contents
        text = ctypes.string_at(buffer.data, buffer.length)
        signatures = meta_graph_pb2.MetaGraphDef.FromString(text).signature_def
        self.signatures = {name: one for name, one in signatures.items() if one.method_name}

    def run(self, signature_name, inputs):
        """Runs a signature.

        Args:
            signature_name: one of `signatures`.
            inputs: dict of input name -> array, one for each input of the signature.

        Returns:
            Dict of output name -> array; strings are bytes objects.
        """
        if signature_name not in self.signatures:
            raise RuntimeError(f"no signature {signature_name!r}, only {sorted(self.signatures)}")
        signature = self.signatures[signature_name]
        if inputs.keys() != signature.inputs.keys():
            raise RuntimeError(f"inputs {sorted(inputs)}, expected {sorted(signature.inputs)}")
        names = list(signature.outputs)
        fed = self._places(signature.inputs[name] for name in inputs)
        fetched = self._places(signature.outputs[name] for name in names)
        tensors = [self._to_tensor(array) for array in inputs.values()]
        given = (ctypes.c_void_p * len(tensors))(*tensors)
        results = (ctypes.c_void_p * len(names))()
        try:
            self._call(
                "TF_SessionRun",
                *(self._session, None, fed, given, len(tensors)),
                *(fetched, results, len(names), None, 0, None),
            )
            return {n: self._to_array(result) for n, result in zip(names, results, strict=True)}
        finally:
            for tensor in [*given, *filter(None, results)]:
                self._library.TF_DeleteTensor(ctypes.c_void_p(tensor))

    def _new(self, function):
        return ctypes.c_void_p(getattr(self._library, function)())

    def _call(self, function, *arguments):
        """Calls a function whose last argument is the status, and raises what that says."""
        status = self._new("TF_NewStatus")
        try:
            result = getattr(self._library, function)(*arguments, status)
            if self._library.TF_GetCode(status):
                raise RuntimeError(self._library.TF_Message(status).decode(errors="replace"))
            return ctypes.c_void_p(result)
        finally:
            self._library.TF_DeleteStatus(status)

    def _places(self, tensors):
        """Where the tensors of a signature, such as `serving_default_label:0`, are in the graph."""
        places = []
        for tensor in tensors:
            name, _, index = tensor.name.partition(":")
            operation = self._library.TF_GraphOperationByName(self._graph, name.encode())
            places.append(_Output(operation, int(index)))
        return (_Output * len(places))(*places)

    def _to_tensor(self, array):
        import tensorflow as tf

        array = np.array(array, order="C")
        number = tf.as_dtype(array.dtype).as_datatype_enum
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        tensor = self._library.TF_AllocateTensor(number, shape, array.ndim, array.nbytes)
        data = self._library.TF_TensorData(ctypes.c_void_p(tensor))
        ctypes.memmove(data, array.ctypes.data, array.nbytes)
        return tensor

    def _to_array(self, tensor):
        import tensorflow as tf

        library, tensor = self._library, ctypes.c_void_p(tensor)
        shape = [library.TF_Dim(tensor, axis) for axis in range(library.TF_NumDims(tensor))]
        data, dtype = library.TF_TensorData(tensor), tf.as_dtype(library.TF_TensorType(tensor))
        if dtype == tf.string:
            size = library.TF_TensorByteSize(tensor) // max(math.prod(shape), 1)
            places = [ctypes.c_void_p(data + size * i) for i in range(math.prod(shape))]
            texts = [_text(library, place) for place in places]
            return np.array(texts, object).reshape(shape)
        copy = ctypes.string_at(data, library.TF_TensorByteSize(tensor)) if data else b""
        return np.frombuffer(copy, dtype.as_numpy_dtype).reshape(shape)


def _text(library, place):
    """The bytes of a TF_TString."""
    pointer, size = library.TF_StringGetDataPointer(place), library.TF_StringGetSize(place)
    return ctypes.string_at(pointer, size)


def _library():
    """TensorFlow's C library, with the types of those functions that do not return an int."""
    import importlib.util

    folder = os.path.dirname(importlib.util.find_spec("tensorflow").origin)
    for name in ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2"):
        library = ctypes.CDLL(os.path.join(folder, name), mode=ctypes.RTLD_GLOBAL)
    for function in (
        *("TF_NewStatus", "TF_NewGraph", "TF_NewSessionOptions", "TF_NewBuffer"),
        *("TF_LoadSessionFromSavedModel", "TF_GraphOperationByName"),
        *("TF_AllocateTensor", "TF_TensorData", "TF_StringGetDataPointer"),
    ):
        getattr(library, function).restype = ctypes.c_void_p
    for function in ("TF_Dim", "TF_TensorByteSize", "TF_StringGetSize"):
        getattr(library, function).restype = ctypes.c_size_t
    library.TF_Message.restype = ctypes.c_char_p
    library.TF_AllocateTensor.argtypes = [
        *(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
    ]
    return library
