"""All recordings as Apache Beam pipelines, on many machines at once."""

import json

from datasets.ntu_rgbd.summary import Summary


class BeamPreparation:
    """The same as `PlainPreparation`, by a runner of Apache Beam.

    Args:
        beam: the module `apache_beam`.
        runner: `beam.runners.PipelineRunner`, or None for that of the options.
        options: `beam.options.pipeline_options.PipelineOptions`, or None.
        folder: `epath`, where the pipeline leaves its summary; all machines have to reach it.
    """

    def __init__(self, beam, runner, options, folder):
        self._beam = beam
        self._runner = runner
        self._options = options
        self._path = folder / "summary.json"

    def summarize(self, task, recordings):
        """Runs a pipeline, and returns the `Summary` of all recordings.

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
        """Returns a `beam.PTransform` that gives the keys and examples of the recordings.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
            scale: what motion is multiplied by.
        """
        beam = self._beam
        return beam.Create(recordings) | beam.Reshuffle() | beam.FlatMap(task.examples, scale)
