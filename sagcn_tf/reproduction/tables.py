"""The tables of the paper: their rows, settings and published results."""

import dataclasses

from sagcn_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class Row:
    """A system or a variant of SA-GCN.

    Attributes:
        key: name on the command line and in folders.
        title: name in a table.
        model: the system, one of `config.MODELS`. Default: `"sagcn"`.
        settings: `Config` fields of the variant, including `preset` if it is not the default of the
            data set.
        published: results from the paper, `{column: number}`. The columns of table 3 start with the
            name of the data set.
    """

    key: str
    title: str
    model: str = "sagcn"
    settings: dict = dataclasses.field(default_factory=dict)
    published: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of the paper.

    Attributes:
        title: title of the table.
        rows: the `Row`s.
        with_recognition: whether the table shows recognition scores instead of MMD. Default: False.
    """

    title: str
    rows: tuple[Row, ...]
    with_recognition: bool = False


def _published(row, **figures):
    return dataclasses.replace(row, published=figures)


_E2E = Row("e2e", "E2E", "e2e")
_EPVA = Row("epva", "EPVA", "epva")
_ADV_EPVA = Row("adv_epva", "adv-EPVA", "adv_epva")
_SKELETON_VAE = Row("skeleton_vae", "SkeletonVAE", "skeleton_vae")
_SKELETON_GAN = Row("skeleton_gan", "SkeletonGAN", "skeleton_gan")
_C_SKELETON_GAN = Row("c_skeleton_gan", "c-SkeletonGAN", "c_skeleton_gan")
_SAGCN = Row("sagcn", "SA-GCN")
_SAGCN_PAPER = Row("sagcn_paper", "SA-GCN, to the letter", settings={"preset": "paper"})

TABLES = {
    1: Table(
        "MMD of all systems",
        (
            _published(_E2E, mmd_avg=0.991, mmd_seq=0.805),
            _published(_EPVA, mmd_avg=0.996, mmd_seq=0.806),
            _published(_ADV_EPVA, mmd_avg=0.977, mmd_seq=0.792),
            _published(_SKELETON_VAE, mmd_avg=0.452, mmd_seq=0.467),
            _published(_SKELETON_GAN, mmd_avg=0.419, mmd_seq=0.436),
            _published(_C_SKELETON_GAN, mmd_avg=0.195, mmd_seq=0.218),
            _published(_SAGCN_PAPER, mmd_avg=0.146, mmd_seq=0.134),
            _published(_SAGCN, mmd_avg=0.146, mmd_seq=0.134),
        ),
    ),
    2: Table(
        "Recognition of generated clips",
        (
            _E2E,
            _EPVA,
            _ADV_EPVA,
            _published(_SKELETON_VAE, accuracy=0.201),
            _published(_SKELETON_GAN, accuracy=0.376),
            _published(_C_SKELETON_GAN, accuracy=0.488),
            _published(_SAGCN_PAPER, accuracy=0.593),
            _published(_SAGCN, accuracy=0.593),
        ),
        with_recognition=True,
    ),
    3: Table(
        "MMD on NTU RGB+D",
        (
            _E2E,
            _EPVA,
            _ADV_EPVA,
            _published(
                _SKELETON_VAE,
                ntu_xview_mmd_avg=1.079,
                ntu_xview_mmd_seq=1.205,
                ntu_xsub_mmd_avg=0.992,
                ntu_xsub_mmd_seq=1.136,
            ),
            _published(
                _SKELETON_GAN,
                ntu_xview_mmd_avg=0.999,
                ntu_xview_mmd_seq=1.311,
                ntu_xsub_mmd_avg=0.698,
                ntu_xsub_mmd_seq=0.788,
            ),
            _published(
                _C_SKELETON_GAN,
                ntu_xview_mmd_avg=0.371,
                ntu_xview_mmd_seq=0.398,
                ntu_xsub_mmd_avg=0.338,
                ntu_xsub_mmd_seq=0.402,
            ),
            _published(
                _SAGCN,
                ntu_xview_mmd_avg=0.316,
                ntu_xview_mmd_seq=0.335,
                ntu_xsub_mmd_avg=0.285,
                ntu_xsub_mmd_seq=0.299,
            ),
        ),
    ),
    4: Table(
        "Ablations of SA-GCN",
        (
            Row(
                "cnn",
                "1: convolutions 1 x 1",
                settings={"gc_type": "cnn"},
                published={"mmd_avg": 0.240, "mmd_seq": 0.222},
            ),
            Row("cnn3", "1b: convolutions 3 x 3", settings={"gc_type": "cnn3"}),
            Row(
                "k0",
                "2: no edges between frames, K = 0",
                settings={"top_k": 0},
                published={"mmd_avg": 0.915, "mmd_seq": 0.922},
            ),
            Row(
                "stgc",
                "3: ST-GC",
                settings={"gc_type": "stgc"},
                published={"mmd_avg": 0.580, "mmd_seq": 0.595},
            ),
            Row("full", "fully connected", settings={"gc_type": "full"}),
            Row("full_attention", "all past frames, K = T", settings={"top_k": 100_000}),
            Row("k1", "K = 1", settings={"top_k": 1}),
            Row("k3", "K = 3", settings={"top_k": 3}),
            _published(
                dataclasses.replace(_SAGCN, title="SA-GCN, K = 5"), mmd_avg=0.152, mmd_seq=0.142
            ),
            Row("k10", "K = 10", settings={"top_k": 10}),
        ),
    ),
}

# Data set of each table in the paper, the default of the command.
DATASETS = {1: "human36m", 2: "human36m", 3: "ntu_xview", 4: "human36m"}


def chosen_rows(number, keys):
    """Returns the rows of a table with the given keys, in the order of the table.

    Args:
        number: number of the table, a key of `TABLES`.
        keys: keys of rows. None or empty: all rows.

    Returns:
        List of `Row`.

    Raises:
        UserError: if the table has no row with a key; the message lists the keys of the table.
    """
    rows = {row.key: row for row in TABLES[number].rows}
    unknown = [key for key in keys or () if key not in rows]
    if unknown:
        raise UserError(
            f"--systems={','.join(unknown)} is not in this table, which has: {', '.join(rows)}"
        )
    return [row for row in TABLES[number].rows if not keys or row.key in keys]
