from sagcn_tf.training.trainer import Trainer
from tests.small_data import RecordingReporter, small_data


class RecordedTrainer(Trainer):
    """A trainer on the small data that restores its run, and records what it reports."""

    def __init__(self, config, run_dir, at_step=lambda step: None, workers=None):
        super().__init__(config, small_data(), run_dir, workers)
        self.recorder = RecordingReporter(at_step, self.model)

    def train(self):
        self.restore()
        return super().train(self.recorder)
