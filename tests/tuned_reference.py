"""Reference implementation of the networks of preset `tuned` in NumPy, one clip at a time.

It is independent of sagcn_tf and loops over frames and joints.
"""

import numpy as np

from tests import dense_reference

# Of the body of tests/small_data.py: chest on hip; head and hands on chest.
PARENTS = (None, 0, 1, 1, 1)


ACTIVATIONS = {
    "relu": lambda values: np.maximum(values, 0),
    "silu": lambda values: values * (1 + np.tanh(values / 2)) / 2,  # x sigmoid(x)
    "swish": lambda values: values * (1 + np.tanh(3 * values)) / 2,  # x sigmoid(6 x)
}


def leaky_relu(values):
    """Values, negative ones divided by 5."""
    return np.where(values > 0, values, 0.2 * values)


def weights_of(layer):
    """Kernel and, if there is one, bias of a linear layer in float64."""
    return [np.asarray(weight, np.float64) for weight in layer.get_weights()]


def linear(layer, inputs):
    """Outputs of a linear layer for inputs [..., V]."""
    kernel, *bias = weights_of(layer)
    return np.asarray(inputs, np.float64) @ kernel + (bias[0] if bias else 0.0)


def bones_of(pose, parents):
    """The vectors from parents to joints, of a pose [N, D]; of the root, from the origin."""
    bones = np.array(pose, np.float64)
    for joint, parent in enumerate(parents):
        if parent is not None and parent >= 0:
            bones[joint] -= pose[parent]
    return bones


def joints_of(bones, parents):
    """The pose [N, D] that has these bones: along the parents from each joint to the root."""
    pose = np.zeros(np.shape(bones))
    for joint in range(len(bones)):
        along = joint
        while along is not None and along >= 0:
            pose[joint] += bones[along]
            along = parents[along]
    return pose


def motion_features(body, parents, motion, differences=False):
    """Joints, bones, bone lengths and their differences in each frame of motion [T, N, D].

    body is a `BodyStatistics`; only means, spreads, softening and difference_scale are used.
    """
    frames, before = [], None
    for pose in np.float64(motion):
        bones = bones_of(pose * body.std + body.mean, parents)
        lengths = np.array([np.sqrt(bone @ bone + body.softening) for bone in bones])
        lengths = (lengths - body.length_mean) / body.length_std
        bones = (bones - body.bone_mean) / body.bone_scale
        parts = [pose.ravel(), bones.ravel(), lengths]
        if differences:
            moving = np.concatenate([pose.ravel(), lengths])
            before = moving if before is None else before
            parts.append(body.difference_scale * (moving - before))
            before = moving
        frames.append(np.concatenate(parts))
    return np.stack(frames)


def class_spreads(hidden, labels):
    """Deviation of each feature over the clips of the same class, for each of the clips [B, W]."""
    spreads = []
    for label in labels:
        same = [h for h, other in zip(hidden, labels, strict=True) if label @ other]
        mean = sum(same) / len(same)
        spreads.append(np.sqrt(sum((h - mean) ** 2 for h in same) / len(same) + 1e-4))
    return spreads


def projected_logit(layer, hidden, label):
    """A linear map of the features, and their product with the embedded label."""
    embedded = linear(layer.embedding, label)
    return linear(layer.linear, hidden)[0] + embedded @ hidden / np.sqrt(len(hidden))


def clip_latent(layer, noise, labels):
    """Latent vector [R, latent + C] and noise [R, V] of each frame of a clip.

    noise holds all Gaussians of the clip, labels [R, C] a label for each frame.
    """
    config, frames = layer.config, len(labels)
    rest = list(np.float64(noise))

    def take(count):
        taken = np.array(rest[:count])
        del rest[:count]
        return taken

    of_clip, of_modes = take(config.clip_noise), take(config.modes)
    of_frames = [take(config.frame_noise) for _ in range(frames)]
    cosines, sines = take(config.waves), take(config.waves)
    assert not rest

    latents, noises, drift = [], [], None
    for frame, label in enumerate(np.float64(labels)):
        inputs = [of_clip, 3 * label]
        if config.modes:
            chosen = int(np.argmax(of_modes))
            modes = np.float64(layer.modes).reshape(len(label), config.modes, config.clip_noise)
            inputs.append(
                sum(share * of_class[chosen] for share, of_class in zip(label, modes, strict=True))
            )
        hidden = leaky_relu(linear(layer.first, np.concatenate(inputs)))
        hidden = leaky_relu(linear(layer.second, hidden))
        latents.append(np.concatenate([hidden, label]))
        memory = config.noise_memory
        new = of_frames[frame]
        drift = new if drift is None else memory * drift + np.sqrt(1 - memory**2) * new
        numbers = list(drift)
        for quadrature in range(2):
            for wave in range(config.waves):
                share = wave / (config.waves - 1) if config.waves > 1 else 0.0
                angle = 2 * np.pi * frame / (8.0 * (64.0 / 8.0) ** share)
                a, b = cosines[wave], sines[wave]
                if quadrature:
                    a, b = b, -a
                numbers.append(a * np.cos(angle) + b * np.sin(angle))
        noises.append(np.array(numbers) * np.exp(linear(layer.noise_scale, latents[-1])))
    return np.stack(latents), np.stack(noises)


def body_of_generator(generator, latents, noises):
    """The sums over time of the recurrent part, warm-up included: [warm_up + T, hidden]."""
    config = generator.config
    inputs = np.concatenate([noises, latents], axis=1)
    start = np.tanh(linear(generator.start_state, inputs[0]))
    outputs = dense_reference.gru(
        linear(generator.projection, inputs), start, *weights_of(generator.rnn)
    )
    total, totals = np.zeros(config.hidden), []
    for _ in range(500):  # all outputs before the first frame were the initial state
        total = start + config.accumulation * total
    for output in outputs:
        total = output + config.accumulation * total
        totals.append(total)
    return np.stack(totals)


def generator(network, body, parents, adjacency, noise, labels):
    """Motion [T, N, D], attention [T, T] and kept frames of one clip, as `TunedGenerator` says.

    It covers two values of gc_type: sagc and full. The last four frames of the warm-up are refined
    like the clip's, then left out.
    """
    config = network.config
    labels = np.stack([*[labels[0]] * config.warm_up, *labels])
    latents, noises = clip_latent(network.latent, noise, labels)
    activation = ACTIVATIONS[config.activation]
    totals = body_of_generator(network, latents, noises)
    lead = min(4, config.warm_up)
    latents, totals = (rows[config.warm_up - lead :] for rows in (latents, totals))
    hidden = linear(network.maps[0], totals) * (1 + linear(network.scales[0], latents))
    hidden = activation(hidden + linear(network.shift, latents))
    hidden = linear(network.maps[1], hidden) * (1 + linear(network.scales[1], latents))
    hidden = linear(network.maps[2], activation(hidden))

    layer = network.refinement.attention
    attended, attention = dense_reference.masked_self_attention(
        hidden,
        *(weights_of(one) for one in (layer.query, layer.key, layer.value)),
        qk_norm=True,
        penalty=config.alibi_slope,
    )
    attended = hidden + float(layer.gamma) * linear(layer.output_projection, attended)
    scores = dense_reference.prune(attention, config.top_k)
    if config.gc_type == "full":
        scores = np.tril(np.ones(attention.shape))

    block = network.refinement.graph_convolution
    bones = dense_reference.sa_graph_convolution_of_channels(
        attended.reshape(lead + config.frames, len(adjacency), -1),
        scores,
        adjacency,
        [
            [np.float64(weight) for weight in (one.kernel, one.bias, one.node_kernel)]
            for one in block.convolutions
        ],
        weights_of(block.output_projection),
        *(weights_of(block.projections[place])[0] for place in ("3", "5")),
        activation=activation,
    )
    bones = bones * body.bone_std + body.bone_mean
    motion = [(joints_of(frame, parents) - body.mean) / body.std for frame in bones[lead:]]
    kept = [
        [frame - lead for frame in row if frame >= lead]
        for row in dense_reference.kept_frames(attention, config.top_k)
    ]
    return np.stack(motion), attention[lead:, lead:], kept[lead:]
