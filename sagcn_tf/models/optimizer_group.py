"""The optimizers of a model with several networks, as Keras sees them."""


class OptimizerGroup:
    """The optimizers of a model as one object: its `model.optimizer`.

    Keras' callbacks for learning rates and TensorBoard, and `summary`, go through `optimizers`, as
    they do for a `keras.optimizers.MultiOptimizer`. That one gives each variable to one optimizer;
    here, two optimizers may share variables, such as those of an encoder.

    Args:
        by_name: `{name: Keras optimizer}`, the `optimizers` of the model.
    """

    built = True

    def __init__(self, by_name):
        self._by_name = by_name

    @property
    def optimizers(self):
        """List of the optimizers."""
        return list(self._by_name.values())

    @property
    def iterations(self):
        """Number of updates of the first optimizer."""
        return self.optimizers[0].iterations

    @property
    def variables(self):
        """List of the variables of all optimizers."""
        return [variable for optimizer in self.optimizers for variable in optimizer.variables]

    @property
    def learning_rate(self):
        """Raises an error, because each optimizer has its own learning rate."""
        raise AttributeError(
            "each optimizer has its own learning rate: read or set it with "
            f"model.optimizers[name].learning_rate; the names are {', '.join(self._by_name)}"
        )
