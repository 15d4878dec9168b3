"""Which versions of a model should be served, given the folders on disk.

The rules are those of TensorFlow Serving: a folder whose name is a whole number is a version; the
policy of the model's configuration picks the newest (the default), all, or those it names.
"""

import os
import re

_LARGEST = 2**63 - 1


def aspired_versions(base_path, policy):
    """Returns the versions that should be served, as a dict of number -> path.

    Args:
        base_path: folder of the model's versions.
        policy: `FileSystemStoragePathSourceConfig.ServableVersionPolicy`.

    Raises:
        OSError: if the folder cannot be read.
    """
    found = {}
    for name in sorted(os.listdir(base_path)):
        if re.fullmatch(r"[+-]?\d+", name) and abs(int(name)) <= _LARGEST:
            found[int(name)] = os.path.join(base_path, name)
    choice = policy.WhichOneof("policy_choice")
    if choice == "all":
        return found
    if choice == "specific":
        return {number: found[number] for number in policy.specific.versions if number in found}
    newest = sorted(found, reverse=True)[: max(policy.latest.num_versions, 1)]
    return {number: found[number] for number in newest}
