"""Writes docs/reliability.md."""

from benchmarks.rows import commit, machine
from sagcn_tf.files import atomic_write
from sagcn_tf.markdown import table

_HEAD = """# Reliability

`make campaign` breaks things on purpose: it kills, fills disks, damages files, and sends wrong
requests and files. It wrote this page. [Security](security.md) says what hostile input can and
cannot do. Most trials train a model of two layers, as they try the trainer and not a network; each
fifth kill and each SIGTERM is one of SA-GCN.

Measured on: {machine}. Commit: {commit}. Seed: {seed}. {minutes:.0f} minutes.

{summary}

`make campaign ARGS="--parts=PART --seed=n"` begins with the trial of seed n. A part ends when its
trials or its share of the time are used up, so a slower or busier machine does fewer.
"""


def markdown(results, titles, seed, seconds):
    """Returns the document.

    Args:
        results: `{part: result}`, as `Trials.save` writes them.
        titles: `{part: (title, unit, count that was asked for)}`.
        seed: seed of the campaign.
        seconds: how long it took.
    """
    rows = []
    for part, result in results.items():
        title, unit, count = titles[part]
        done = f"{result['count']} of {count} {unit}"
        failures = str(len(result["failures"]))
        rows.append([f"`{part}`", title, done, failures, f"{result['seconds'] / 60:.1f}"])
    summary = table(["part", "what", "trials", "failures", "minutes"], rows)
    about = {"machine": machine(), "commit": commit(), "seed": seed, "minutes": seconds / 60}
    sections = [_section(part, titles[part][0], result) for part, result in results.items()]
    return "\n".join([_HEAD.format(summary=summary, **about), *sections])


def write(path, text):
    """Writes the document."""
    with atomic_write(path) as temporary:
        temporary.write_text(text)


def _section(part, title, result):
    lines = [f"## {title[0].upper()}{title[1:]}", ""]
    lines += [f"* {note}" for note in result["notes"]]
    if result["table"]:
        header, *rows = result["table"]
        lines += ["", table(header, rows)]
    if result["failures"]:
        lines += ["", "Failures:", ""]
        lines += [f"* `--parts={part} --seed={seed}`: {text}" for seed, text in result["failures"]]
    return "\n".join([*lines, ""])
