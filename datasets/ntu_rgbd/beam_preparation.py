"""Preparation with Apache Beam, on one or more machines."""

import json

from datasets.ntu_rgbd.summary import Summary


class BeamPreparation:
    """Does the work of `PlainPreparation` in Apache Beam pipelines.

    Args:
        beam: the module `apache_beam`.
        runner: `beam.runners.PipelineRunner`; None to use the runner named in the options.
        options: `beam.options.pipeline_options.PipelineOptions`, or None.
        folder: `epath` path where the pipeline writes its summary. Every machine must be able to
            access it.
    """

    def __init__(self, beam, runner, options, folder):
        self._beam = beam
        self._runner = runner
        self._options = options
        self._path = folder / "summary.json"

    def summarize(self, task, recordings):
        """Runs a pipeline and returns the `Summary` of all recordings.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
        """
        beam, path = self._beam, self._path
        with beam.Pipeline(runner=self._runner, options=self._options) as pipeline:
            _ = (
                pipeline
                | beam.Create(recordings)
                | beam.Reshuffle()
                | "Summarize" >> beam.Map(task.summarize)
                | beam.CombineGlobally(Summary.join)
                | "Write"
                >> beam.Map(lambda summary: path.write_text(json.dumps(summary.to_json())))
            )
        summary = Summary.from_json(json.loads(path.read_text()))
        path.unlink()
        return summary

    def examples(self, task, recordings, scale):
        """Returns a `beam.PTransform` that yields the (key, example) pairs of the recordings.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
            scale: factor that motion is multiplied by.
        """
        beam = self._beam
        return beam.Create(recordings) | beam.Reshuffle() | beam.FlatMap(task.examples, scale)
