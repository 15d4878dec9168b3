"""The training of a classifier, epoch by epoch, which continues where it was stopped."""

import tensorflow as tf

from sagcn_tf.errors import UserError, short
from sagcn_tf.models.weights import DAMAGE, weights_of


class Fit:
    """Trains a network until its accuracy on held-out clips stops rising.

    Args:
        network: a compiled `keras.Model`.
        epochs: maximum number of epochs.
        patience: number of epochs without improvement after which the training stops.
        folder: `pathlib.Path` of a folder for the state after each epoch. Training resumes from
            the state that it finds there. Default: None, no state is kept.

    Raises:
        UserError: if the state in the folder is damaged.
    """

    def __init__(self, network, epochs, patience, folder=None):
        self.network, self.epochs, self.patience = network, epochs, patience
        network.optimizer.build(network.trainable_variables)
        self._best = [tf.Variable(weight, trainable=False) for weight in weights_of(network)]
        self._accuracies = tf.Variable(tf.fill([epochs], -1.0), trainable=False)
        state = tf.train.Checkpoint(
            variables=[variable.value for variable in network.variables],
            optimizer=network.optimizer,
            best=self._best,
            accuracies=self._accuracies,
        )
        self._manager = None
        if folder:
            _restore(state, folder)
            self._manager = tf.train.CheckpointManager(state, str(folder), max_to_keep=1)

    @property
    def accuracies(self):
        """Accuracies on held-out clips, one per epoch so far."""
        return [float(one) for one in self._accuracies.numpy() if one >= 0]

    def run(self, train_epoch):
        """Trains up to the last epoch, and gives the network the weights of the best one.

        Args:
            train_epoch: function `train_epoch(number)` that trains an epoch, counted from 0, and
                returns the accuracy on held-out clips.
        """
        for epoch in range(len(self.accuracies), self.epochs):
            if epoch - self._best_epoch() > self.patience:
                break
            accuracy = train_epoch(epoch)
            if accuracy > max(self.accuracies, default=-1.0):
                _copy(weights_of(self.network), self._best)
            self._accuracies[epoch].assign(accuracy)
            if self._manager:
                self._manager.save(checkpoint_number=epoch)
        _copy(self._best, weights_of(self.network))

    def _best_epoch(self):
        found = self.accuracies
        return found.index(max(found)) if found else 0


def _copy(sources, targets):
    for source, target in zip(sources, targets, strict=True):
        target.assign(source)


def _restore(state, folder):
    """Restores the state in a folder, if there is one."""
    try:
        latest = tf.train.latest_checkpoint(str(folder))
        if latest:
            state.restore(latest).assert_existing_objects_matched()
    except DAMAGE as error:
        raise UserError(
            f"{folder} is damaged ({short(error)}). Delete it, and this training starts anew"
        ) from error
