"""The models that a studio offers, by name."""

from sagcn_tf import runs
from sagcn_tf.errors import UserError
from sagcn_tf.web.local_source import LocalSource


def open_sources(run_dirs, server=None, model="sagcn"):
    """Opens runs and a server as sources of motion.

    Args:
        run_dirs: folders of runs.
        server: address of a server's gRPC interface. Default: None.
        model: name of the model on the server. Default: `"sagcn"`.

    Returns:
        `{name: source}`. The best checkpoint of a run has the name of the folder; the last one, if
        it is another, is `FOLDER:last`. The server has its address.

    Raises:
        UserError: if a folder is not a run or has no checkpoint, or the server does not answer.
    """
    sources = {}
    for run_dir in run_dirs:
        runs.read_config(run_dir)  # refuses a folder that is not a run
        best, last = (runs.checkpoint_step(run_dir, kind) for kind in runs.CHECKPOINTS)
        if best is None and last is None:
            raise UserError(f"{run_dir} has no checkpoint yet. Train it further")
        if best is not None:
            sources[run_dir] = LocalSource(run_dir, "best")
        if last not in (None, best):
            sources[f"{run_dir}:last"] = LocalSource(run_dir, "last")
    if server:
        from sagcn_tf.web.served_source import ServedSource

        sources[server] = ServedSource(server, model)
    return sources
