"""Opens a page that generates motion and plays it: the studio.

python -m sagcn_tf.studio --run_dir=pretrained
python -m sagcn_tf.studio --run_dir=pretrained,runs/x           # to compare them
python -m sagcn_tf.studio --server=localhost:8500               # an exported model

It needs the packages of requirements-studio.txt; `make studio` installs them. It works without a
network, and listens on this machine only unless --host says otherwise.
"""

import importlib.util

from absl import flags

from sagcn_tf.errors import UserError, run_main

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_list("run_dir", None, "folders of runs, separated by commas")
    flags.DEFINE_string(
        "server", None, "address of a server's gRPC interface, such as localhost:8500"
    )
    flags.DEFINE_string("model", "sagcn", "name of the model on --server")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data, to show real clips")
    flags.DEFINE_string("manual_dir", None, "folder with raw files of --run_dir's motion_folder")
    flags.DEFINE_string("host", "127.0.0.1", "address to listen on")
    flags.DEFINE_integer("port", 7860, "port to listen on; 0 chooses a free one", 0, 65535)
    flags.DEFINE_bool("open_browser", True, "whether to open the page in the browser")


def main(_):
    """Runs the command line."""
    if not (_FLAGS.run_dir or _FLAGS.server):
        raise UserError("expected --run_dir or --server, got neither. Try --run_dir=pretrained")
    if importlib.util.find_spec("nicegui") is None:
        raise UserError(
            "the studio needs the packages of requirements-studio.txt. Run `make studio`, or "
            "install them: pip install -r requirements-studio.txt"
        )
    from sagcn_tf.web.catalog import open_sources
    from sagcn_tf.web.real_clips import RealClips
    from sagcn_tf.web.server import serve
    from sagcn_tf.web.studio import Studio

    sources = open_sources(_FLAGS.run_dir or [], _FLAGS.server, _FLAGS.model)
    studio = Studio(sources, RealClips(_FLAGS.data_dir, _FLAGS.manual_dir))
    serve(studio, _FLAGS.host, _FLAGS.port, _FLAGS.open_browser)


if __name__ == "__main__":
    _define_flags()
    run_main(main)
