"""The networks of the paper's official code in PyTorch, written from a description of that code.

They serve only as a comparison for timing. The official code deviates from the paper in several
places (docs/paper.md). These deviations are kept, because they are part of the cost of a step.
Where the description leaves a choice, the faster one is taken. T = 50 frames of N = 15 joints with
2 coordinates give V = 30 numbers per frame and NT = 750 nodes.
"""

import importlib

# Imported by name, because PyTorch is not in requirements.txt.
torch = importlib.import_module("torch")
nn = torch.nn

CLASSES, FRAMES, JOINTS, WIDTH = 10, 50, 15, 30
_NOISE, _HIDDEN, _KEPT, _PICKED = 30, 100, 5, 20
_NODES = FRAMES * JOINTS


class Attention(nn.Module):
    """Masked self-attention over frames with three heads.

    Returns `x + gamma Linear(S V)` with a learned scalar gamma, and S, the mean of the heads.
    """

    def __init__(self, width, heads=3):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.query, self.key, self.value = (nn.Linear(width, heads * self.size) for _ in range(3))
        self.output = nn.Linear(heads * self.size, width)
        self.gamma = nn.Parameter(torch.zeros(1))
        self.register_buffer("future", torch.ones(FRAMES, FRAMES).triu(1).bool())

    def forward(self, x):
        """`[B, T, width]` -> `[B, T, width]` and S `[B, T, T]`."""
        query, key, value = (
            # [B, T, heads size] -> [B, heads, T, size]
            linear(x).view(len(x), FRAMES, self.heads, self.size).transpose(1, 2)
            for linear in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3) / self.size**0.5
        scores = scores.masked_fill(self.future, -torch.inf).softmax(dim=-1)
        attended = (scores @ value).transpose(1, 2).flatten(2)  # [B, T, heads size]
        return x + self.gamma * self.output(attended), scores.mean(dim=1)


class Graph(nn.Module):
    """750 x 750 graphs `S (A_in + A_seq) + .1 I + .1 A_in`, divided by their degrees.

    A_in connects the joints of one frame, A_seq each joint with itself in other frames. The
    diagonal matrix of degrees is inverted like a general matrix. The description leaves open
    whether that is done once per step, as here, or in each layer, which takes longer.
    """

    def __init__(self, adjacency):
        super().__init__()
        ones, joints = torch.ones(FRAMES, FRAMES), torch.eye(JOINTS)
        frames = torch.eye(FRAMES)
        inside = torch.kron(frames, torch.as_tensor(adjacency, dtype=torch.float32))
        self.register_buffer("edges", inside + torch.kron(ones - frames, joints))
        self.register_buffer("extra", 0.1 * torch.eye(_NODES) + 0.1 * inside)

    def forward(self, scores):
        """S `[2B, T, T]` -> `[2B, 750, 750]`."""
        kept = torch.zeros_like(scores).scatter(2, scores.topk(_KEPT, dim=2).indices, 1.0)
        scores = scores * kept
        blocks = scores.repeat_interleave(JOINTS, 1).repeat_interleave(JOINTS, 2)
        graph = blocks * self.edges + self.extra
        degrees = torch.diag_embed(graph.sum(dim=1))
        return torch.inverse(degrees) @ graph


class GraphConvolution(nn.Module):
    """A product with the graph, one with a learned 750 x 750 matrix, then a 1 x 1 convolution.

    The description leaves open when the convolution runs; running it first takes longer.
    """

    def __init__(self, channels, filters):
        super().__init__()
        self.channels = nn.Conv1d(channels, filters, 1)
        self.nodes = nn.Linear(_NODES, _NODES)

    def forward(self, x, graph):
        """`[2B, channels, 750]` -> `[2B, filters, 750]`."""
        return self.channels(self.nodes(x @ graph))


class Generator(nn.Module):
    """Generates motion `[B, T, V]` from noise and a class."""

    def __init__(self, adjacency):
        super().__init__()
        self.label, self.projection = nn.Linear(CLASSES, 20), nn.Linear(_NOISE + 20, 60)
        self.rnn = nn.GRU(60, _HIDDEN, batch_first=True)
        width = _HIDDEN + CLASSES
        self.first_attention = Attention(width)
        self.maps = nn.Sequential(nn.Linear(width, 512), nn.ReLU(), nn.Linear(512, 1024), nn.ReLU())
        self.skip = nn.Linear(width, 1024)
        self.more_maps = nn.Sequential(
            nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU()
        )
        self.to_joints = nn.Conv1d(1024, WIDTH, 3, padding=1)
        self.attention, self.graph = Attention(WIDTH), Graph(adjacency)
        widths = (1, 32, 64, 64, 128, 128)
        self.convolutions = nn.ModuleList(map(GraphConvolution, widths[:-1], widths[1:]))
        self.residuals = nn.ModuleDict({"3": nn.Conv1d(1, 64, 1), "5": nn.Conv1d(64, 128, 1)})
        self.to_coordinate = nn.Conv1d(128, 1, 1)

    def forward(self, label):
        """One-hot `[B, 10]` -> motion `[B, T, V]`. Draws the noise."""
        batch = len(label)
        noise = torch.randn(batch, FRAMES, _NOISE)
        every_frame = label[:, None].expand(-1, FRAMES, -1)
        hidden = self.projection(torch.cat([noise, self.label(every_frame)], dim=2))
        hidden = self.rnn(hidden)[0].cumsum(dim=1) + torch.rand(batch, 1, _HIDDEN)
        hidden, _ = self.first_attention(torch.cat([hidden, every_frame], dim=2))
        hidden = self.maps(hidden) + self.skip(hidden)
        hidden = hidden + self.more_maps(hidden)
        motion = self.to_joints(hidden.transpose(1, 2)).transpose(1, 2)  # [B, T, V]
        motion, scores = self.attention(motion)
        return self.convolve(motion, self.graph(scores.repeat(2, 1, 1)))

    def convolve(self, motion, graph):
        """Applies the five graph convolutions to `[B, T, V]`, seen as two graphs per clip."""
        hidden = residual = motion.reshape(-1, 1, _NODES)  # [2B, 1, 750]
        for number, convolution in enumerate(self.convolutions, start=1):
            hidden = convolution(hidden, graph)
            if number in (3, 5):
                hidden = residual = hidden + self.residuals[str(number)](residual)
        return self.to_coordinate(hidden).reshape(-1, FRAMES, WIDTH)


class SequenceDiscriminator(nn.Module):
    """D_V: `[B, T, V]` and one-hot `[B, 10]` -> the probability that a clip is real, `[B]`."""

    def __init__(self):
        super().__init__()
        self.maps = _convolutions(WIDTH, 1000, 1000)
        self.with_label = nn.Sequential(
            *_convolutions(1000 + CLASSES, 1024, 128), nn.Conv1d(128, 1, 3, padding=1)
        )
        self.output = nn.Linear(FRAMES, 1)

    def forward(self, motion, label):
        """Shapes as in the summary of the class."""
        hidden = self.maps(motion.transpose(1, 2))  # [B, 1000, T]
        label = label[:, :, None].expand(-1, -1, FRAMES)
        values = self.with_label(torch.cat([hidden, label], dim=1))[:, 0]  # [B, T]
        return self.output(values)[:, 0].sigmoid()


def _convolutions(*widths):
    """Returns 1 x 1 convolutions, each followed by LeakyReLU."""
    layers = []
    for channels, filters in zip(widths[:-1], widths[1:], strict=True):
        layers += [nn.Conv1d(channels, filters, 1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers)


class FrameDiscriminator(nn.Module):
    """D_F: `[B, 21, V]` and one-hot `[B, 10]` -> the probability that frames are real, `[B]`."""

    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(
            nn.Linear(WIDTH, 1024), nn.LeakyReLU(0.2), nn.Linear(1024, 512), nn.LeakyReLU(0.2)
        )
        self.skip = nn.Linear(WIDTH, 512)
        self.with_label = nn.Sequential(
            nn.Linear(512 + CLASSES, 1024),
            nn.LeakyReLU(0.2),
            nn.Linear(1024, 128),
            nn.LeakyReLU(0.2),
            nn.Linear(128, 1),
        )
        self.output = nn.Linear(_PICKED + 1, 1)

    def forward(self, frames, label):
        """Shapes as in the summary of the class."""
        hidden = self.maps(frames) + self.skip(frames)  # [B, 21, 512]
        label = label[:, None].expand(-1, frames.shape[1], -1)
        values = self.with_label(torch.cat([hidden, label], dim=2))[..., 0]  # [B, 21]
        return self.output(values)[:, 0].sigmoid()


def _pick(motion):
    """Returns the first frame and 20 random ones, the same for the whole batch."""
    picked = torch.randint(FRAMES, [_PICKED])
    return motion[:, torch.cat([torch.zeros(1, dtype=torch.int64), picked])]


class Training:
    """The three networks, their optimizers and the training step."""

    def __init__(self, adjacency):
        self.generator = Generator(adjacency)
        self.discriminators = {"D_V": SequenceDiscriminator(), "D_F": FrameDiscriminator()}
        networks = {"G": self.generator, **self.discriminators}
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
            for name, network in networks.items()
        }

    def step(self, motion, label):
        """Updates each network once, all from the same fake clips; returns the three losses.

        Args:
            motion: `[B, T, V]`.
            label: One-hot `[B, 10]`.
        """
        fake = self.generator(label)
        results = {}
        for name, network in self.discriminators.items():
            see = _pick if name == "D_F" else torch.clone
            loss = _cross_entropy(network(see(motion), label), 0.9)
            loss = loss + _cross_entropy(network(see(fake.detach()), label), 0.0)
            results[name] = self._update(name, network, loss)
        loss = _cross_entropy(self.discriminators["D_V"](fake, label), 0.9)
        loss = loss + _cross_entropy(self.discriminators["D_F"](_pick(fake), label), 0.9)
        return {**results, "G": self._update("G", self.generator, loss)}

    def _update(self, name, network, loss):
        """Updates one network; computes no gradients of the others."""
        parameters = list(network.parameters())
        for parameter, gradient in zip(
            parameters, torch.autograd.grad(loss, parameters), strict=True
        ):
            parameter.grad = gradient
        self.optimizers[name].step()
        return loss.item()


def _cross_entropy(probability, target):
    return nn.functional.binary_cross_entropy(probability, torch.full_like(probability, target))
